import { CreateTenancy1795200000000 } from './1795200000000-CreateTenancy.js';
import { CreateNumbersAndAgents1795200001000 } from './1795200001000-CreateNumbersAndAgents.js';
import { CreateAssignmentsAndLedger1795200002000 } from './1795200002000-CreateAssignmentsAndLedger.js';
import { CreateCallGate1795200003000 } from './1795200003000-CreateCallGate.js';
import { AddSettlement1795300000000 } from './1795300000000-AddSettlement.js';
import { NotifyAccessChanges1795300004000 } from './1795300004000-NotifyAccessChanges.js';
import { FasterCallGate1795300005000 } from './1795300005000-FasterCallGate.js';
import { AddImportPipeline1795400000000 } from './1795400000000-AddImportPipeline.js';
import { AddLifecycle1795400001000 } from './1795400001000-AddLifecycle.js';
import { AddListIndexes1795400002000 } from './1795400002000-AddListIndexes.js';
import { AddAuditChain1795400003000 } from './1795400003000-AddAuditChain.js';
import { FindAuditEventsByRecord1795400003001 } from './1795400003001-FindAuditEventsByRecord.js';
import { RehearseImports1795400005000 } from './1795400005000-RehearseImports.js';
import { FasterLists1795500001000 } from './1795500001000-FasterLists.js';
import { GatePlansOutliveStatistics1795500002000 } from './1795500002000-GatePlansOutliveStatistics.js';
import { AssignManyAtOnce1795600000000 } from './1795600000000-AssignManyAtOnce.js';
import { CountPlaces1795600001000 } from './1795600001000-CountPlaces.js';
import { FindTakenNumbers1795700000000 } from './1795700000000-FindTakenNumbers.js';
import { FarListsFromIndexes1795800000000 } from './1795800000000-FarListsFromIndexes.js';
import { LeanerCallGate1795900000000 } from './1795900000000-LeanerCallGate.js';
import { ChooseAmongHeldRows1796000000000 } from './1796000000000-ChooseAmongHeldRows.js';
import { LockInTheGatesOrder1796000001000 } from './1796000001000-LockInTheGatesOrder.js';
import { PurgeKeysByExpiry1796000003000 } from './1796000003000-PurgeKeysByExpiry.js';
import { AddInvitations1796100000000 } from './1796100000000-AddInvitations.js';
import { AddSessions1796200000000 } from './1796200000000-AddSessions.js';
import { CountSignIns1796200001000 } from './1796200001000-CountSignIns.js';
import { NarrowDatabaseRoles1796300000000 } from './1796300000000-NarrowDatabaseRoles.js';
import { CheckRetriesAgain1796400000000 } from './1796400000000-CheckRetriesAgain.js';
import { LimitVoidsByTheLimit1796400001000 } from './1796400001000-LimitVoidsByTheLimit.js';
import { SplitNumberTypes1796500000000 } from './1796500000000-SplitNumberTypes.js';
import { AddPoolQuota1796500100000 } from './1796500100000-AddPoolQuota.js';

/** Every migration, in order. A migration that has landed is never edited. */
export const migrations = [
  CreateTenancy1795200000000,
  CreateNumbersAndAgents1795200001000,
  CreateAssignmentsAndLedger1795200002000,
  CreateCallGate1795200003000,
  AddSettlement1795300000000,
  NotifyAccessChanges1795300004000,
  FasterCallGate1795300005000,
  AddImportPipeline1795400000000,
  AddLifecycle1795400001000,
  AddListIndexes1795400002000,
  AddAuditChain1795400003000,
  FindAuditEventsByRecord1795400003001,
  RehearseImports1795400005000,
  FasterLists1795500001000,
  GatePlansOutliveStatistics1795500002000,
  AssignManyAtOnce1795600000000,
  CountPlaces1795600001000,
  FindTakenNumbers1795700000000,
  FarListsFromIndexes1795800000000,
  LeanerCallGate1795900000000,
  ChooseAmongHeldRows1796000000000,
  LockInTheGatesOrder1796000001000,
  PurgeKeysByExpiry1796000003000,
  AddInvitations1796100000000,
  AddSessions1796200000000,
  CountSignIns1796200001000,
  NarrowDatabaseRoles1796300000000,
  CheckRetriesAgain1796400000000,
  LimitVoidsByTheLimit1796400001000,
  SplitNumberTypes1796500000000,
  AddPoolQuota1796500100000,
];

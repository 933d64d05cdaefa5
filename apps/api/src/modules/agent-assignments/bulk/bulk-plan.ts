import type { BulkItemView, BulkOperation, PhoneNumberView } from '#contracts';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';
import { NumberSteps, type PoolQuota } from '../../phone-numbers/phone-numbers.public.js';

export interface BulkAgent {
  id: string;
  name: string;
  /** How many more numbers it may have; null for any number. */
  room: number | null;
}

export interface BulkParameters {
  operation: BulkOperation;
  tags: readonly string[];
  /** Take numbers from the agents that have them. */
  reassign: boolean;
  agents: readonly BulkAgent[];
  /** What may be taken from the pool; null where nothing is. */
  poolQuota: PoolQuota | null;
}

const MAX_TAGS = 20;

/**
 * What an operation would do to each number, in the order of the numbers. It refuses by the same words as the operation on
 * one number. It touches nothing but the room in the quota: preview and real run plan alike.
 */
export function planBulk(numbers: readonly PhoneNumberView[], parameters: BulkParameters): BulkItemView[] {
  const nextAgent = agentsInTurn(parameters.agents);
  return numbers.map((number) => {
    const item = { id: number.id, phoneNumber: number.phoneNumber, code: null, message: null };
    try {
      const step = stepOf(number, parameters, nextAgent);
      return { ...item, agentId: null, agentName: null, ...step };
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      const { code, detail } = error;
      return { ...item, outcome: 'refused', code, message: detail, agentId: null, agentName: null };
    }
  });
}

type Step = Pick<BulkItemView, 'outcome'> & Partial<Pick<BulkItemView, 'agentId' | 'agentName'>>;

function stepOf(number: PhoneNumberView, parameters: BulkParameters, nextAgent: () => BulkAgent): Step {
  const { operation, tags, reassign } = parameters;
  if (operation === 'claim') {
    if (!NumberSteps.isClaimable(number)) throw NumberSteps.unclaimable(number);
    parameters.poolQuota?.take(number);
    return { outcome: 'done' };
  }
  if (number.inPool) throw NumberSteps.notYours(number, operation);
  switch (operation) {
    case 'release':
      NumberSteps.requireFromPool(number);
      NumberSteps.requireUnused(number);
      return { outcome: 'done' };
    case 'delete':
      NumberSteps.requireUnused(number);
      NumberSteps.requireDeletable(number);
      return { outcome: 'done' };
    case 'unassign':
      return changing(number.assignmentId !== null);
    case 'activate':
      return changing(number.lifecycle !== 'active');
    case 'deactivate':
      return changing(number.lifecycle !== 'inactive');
    case 'tag':
      if (new Set([...number.tags, ...tags]).size > MAX_TAGS) throw tooManyTags(number);
      return changing(tags.some((tag) => !number.tags.includes(tag)));
    case 'untag':
      return changing(tags.some((tag) => number.tags.includes(tag)));
    case 'assign':
    case 'distribute':
      return assigned(number, parameters, reassign, nextAgent);
  }
}

function assigned(
  number: PhoneNumberView,
  { operation, agents }: BulkParameters,
  reassign: boolean,
  nextAgent: () => BulkAgent,
): Step {
  const [only] = agents;
  if (number.assignmentId !== null && operation === 'assign' && number.agentId === only?.id) {
    return { outcome: 'unchanged', agentId: only.id, agentName: only.name };
  }
  NumberSteps.requireVoice({ phoneNumber: number.phoneNumber, canCall: number.capabilities.voice });
  if (number.assignmentId !== null && !reassign) {
    const detail = `${number.phoneNumber} is assigned. Unassign it from the agent '${number.agentName}' first, or take it away from that agent (reassign: true).`;
    throw new ProblemError('phone_number_assigned', detail);
  }
  const agent = nextAgent();
  return { outcome: 'done', agentId: agent.id, agentName: agent.name };
}

/** Deals numbers to the agents in turn, so that no agent gets two more than another, as long as they have room. */
function agentsInTurn(agents: readonly BulkAgent[]): () => BulkAgent {
  const given = new Map(agents.map(({ id }) => [id, 0]));
  return () => {
    const open = agents.filter(({ id, room }) => room === null || given.get(id)! < room);
    const next = open.reduce<BulkAgent | null>(
      (least, agent) => (least === null || given.get(agent.id)! < given.get(least.id)! ? agent : least),
      null,
    );
    if (next === null) {
      const who = agents.length === 1 ? `The agent '${agents[0]!.name}' has` : 'The agents have';
      const detail = `${who} no room for another number: the organization gives each agent one. Unassign a number first, or choose more agents.`;
      throw new ProblemError('agent_has_number', detail);
    }
    given.set(next.id, given.get(next.id)! + 1);
    return next;
  };
}

function changing(changes: boolean): Step {
  return { outcome: changes ? 'done' : 'unchanged' };
}

function tooManyTags(number: PhoneNumberView): ProblemError {
  const detail = `${number.phoneNumber} would have more than ${MAX_TAGS} tags. Take some off first.`;
  return new ProblemError('conflict', detail);
}

import type { ChildProcess } from 'node:child_process';
import { Dialer } from './dialer.js';

/** A SIP server between dialers and a carrier, with a configuration of deploy/sip. */
export interface SipServer {
  port: number;
  process: ChildProcess;
  /** What it has logged so far. */
  log(): string;
  stop(): Promise<void>;
}

/** What a site sets. */
export interface Site {
  gateUrl: string;
  apiKey: string;
  carrierPort: number;
  agentId: string;
}

export type StartSipServer = (site: Site) => Promise<SipServer>;

/** Whether a server at the port lives. */
export async function answersOptions(port: number): Promise<boolean> {
  const dialer = await Dialer.open(port);
  try {
    await dialer.options(500);
    return true;
  } catch {
    return false;
  } finally {
    await dialer.close();
  }
}

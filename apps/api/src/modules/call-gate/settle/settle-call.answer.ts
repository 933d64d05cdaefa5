import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SettlementView } from '#contracts';
import { prefersText } from '../../../platform/http/problems/accepted-form.js';
import { ProblemError } from '../../../platform/http/problems/problem.error.js';
import type { Settlements } from './settle-call.service.js';

const TEXT = 'text/plain; charset=utf-8';

/** The record, or one line for scripts: `completed <authorizationId>`, `voided <authorizationId>`. */
export function sendSettled(request: FastifyRequest, reply: FastifyReply, view: SettlementView): void {
  if (prefersText(request.headers.accept)) void reply.type(TEXT).send(`${view.status} ${view.id}\n`);
  else void reply.send(view);
}

/** An answer for each call, in their order; as text a line for each, those to complete first. */
export function sendSettledBatch(request: FastifyRequest, reply: FastifyReply, answers: Settlements): void {
  if (prefersText(request.headers.accept)) {
    const lines = [...answers.complete, ...answers.void].map((answer) =>
      answer instanceof ProblemError ? `error ${answer.code}\n` : `${answer.status} ${answer.id}\n`,
    );
    void reply.type(TEXT).send(lines.join(''));
    return;
  }
  void reply.send({ complete: answers.complete.map(answerOf), void: answers.void.map(answerOf) });
}

function answerOf(answer: SettlementView | ProblemError) {
  return answer instanceof ProblemError
    ? { error: { code: answer.code, message: answer.message } }
    : { authorizationId: answer.id, status: answer.status, corrected: answer.corrected };
}

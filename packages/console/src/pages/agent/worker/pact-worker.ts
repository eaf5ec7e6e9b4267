import type { WorkerReply } from '../../../ui/page-worker.ts';
import { answerQuestion } from './answer-question.ts';
import type { Question } from './questions.ts';

globalThis.addEventListener('message', ({ data }: MessageEvent<Question>) => {
  globalThis.postMessage(replyTo(data), {});
});

function replyTo(question: Question): WorkerReply {
  const { id } = question;
  try {
    return { id, ok: true, answer: answerQuestion(question) };
  } catch (error) {
    return { id, ok: false, why: error instanceof Error ? error.message : String(error) };
  }
}

import { answerQuestion } from './answer-question.ts';
import type { Question, Reply } from './questions.ts';

globalThis.addEventListener('message', ({ data }: MessageEvent<Question>) => {
  globalThis.postMessage(replyTo(data), {});
});

function replyTo(question: Question): Reply {
  const { id } = question;
  try {
    return { id, ok: true, answer: answerQuestion(question) };
  } catch (error) {
    return { id, ok: false, why: error instanceof Error ? error.message : String(error) };
  }
}

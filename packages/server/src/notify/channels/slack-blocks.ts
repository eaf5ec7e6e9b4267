import type { JsonObject } from '@plumbline/core';

import { momentOf, type Notice } from '../notice.ts';
import { atMost, linesOf } from '../plain-text.ts';
import { BUTTONS } from '../slack-press.ts';

// Source: Slack, Block Kit reference.
const HEADER = 150;
const SECTION = 3_000;
const TEXT = 3_000;

/** Returns what a message consists of: `text` for notifications, blocks for the channel. */
export function slackMessage(notice: Notice, hasButtons: boolean): JsonObject {
  const { severity, title, approval } = notice;
  const head = `[${severity}] ${title.replaceAll('`', '')}`;
  return {
    text: atMost(escaped(head), TEXT),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: atMost(head, HEADER), emoji: false } },
      section(linesOf(notice).join('\n')),
      ...(hasButtons && approval !== null ? [buttonsOf(approval)] : []),
    ],
  };
}

/** Returns what an approval's message becomes once it is over: the same without buttons. */
export function slackEnded(notice: Notice): JsonObject {
  const over = `${notice.title.replaceAll('`', '')} (${momentOf(notice.at)})`;
  return {
    text: atMost(escaped(over), TEXT),
    blocks: [section([over, ...linesOf(notice)].join('\n'))],
  };
}

function section(text: string): JsonObject {
  return { type: 'section', text: { type: 'mrkdwn', text: atMost(escaped(text), SECTION) } };
}

function buttonsOf(approval: string): JsonObject {
  const button = (text: string, action: string, style: string): JsonObject => ({
    type: 'button',
    text: { type: 'plain_text', text, emoji: false },
    action_id: action,
    value: approval,
    style,
  });
  return {
    type: 'actions',
    block_id: atMost(`plumbline_${approval}`, 255),
    elements: [
      button('Approve this once', BUTTONS.approve, 'primary'),
      button('Deny', BUTTONS.deny, 'danger'),
    ],
  };
}

/** Nothing in a name mentions anybody, links or formats. Source: Slack, "Formatting text". */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

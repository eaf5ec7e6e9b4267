type Text = { readonly type?: string; readonly text?: string };

function isText(text: Text | undefined, most: number, type: string): boolean {
  const said = text?.text ?? '';
  return text?.type === type && said.length > 0 && said.length <= most;
}

type Element = {
  readonly type?: string;
  readonly text?: Text;
  readonly value?: string;
  readonly action_id?: string;
  readonly style?: string;
};
type Block = {
  readonly type?: string;
  readonly text?: Text;
  readonly block_id?: string;
  readonly elements?: readonly Element[];
};

function isButton({ type, text, value = '', action_id: action = '', style }: Element): boolean {
  return (
    type === 'button' &&
    isText(text, 75, 'plain_text') &&
    value.length <= 2_000 &&
    action.length > 0 &&
    action.length <= 255 &&
    (style === undefined || style === 'primary' || style === 'danger')
  );
}

function isBlock({ type, text, block_id: id, elements = [] }: Block): boolean {
  if (type === 'header') return isText(text, 150, 'plain_text');
  if (type === 'section') return isText(text, 3_000, 'mrkdwn');
  const isNamed = id === undefined || (id.length > 0 && id.length <= 255);
  const ids = new Set(elements.map(({ action_id: action }) => action));
  return (
    type === 'actions' &&
    isNamed &&
    elements.length > 0 &&
    elements.length <= 25 &&
    ids.size === elements.length &&
    elements.every(isButton)
  );
}

/** What Slack's reference says of blocks, for those that are used here. */
export function faultInBlocks(blocks: unknown): string | null {
  if (!Array.isArray(blocks) || blocks.length === 0 || blocks.length > 50) return 'invalid_blocks';
  // Whatever stands in the list is looked at member by member.
  return (blocks as readonly Block[]).every(isBlock) ? null : 'invalid_blocks';
}

/** What it says of metadata: a type of letters, digits and `_`, and an object beside it. */
export function faultInMetadata(metadata: unknown): string | null {
  if (metadata === undefined) return null;
  const { event_type: type, event_payload: payload, ...rest } = Object(metadata);
  const isGood =
    typeof type === 'string' &&
    /^[A-Za-z0-9_]{1,255}$/.test(type) &&
    typeof payload === 'object' &&
    payload !== null &&
    !Array.isArray(payload) &&
    Object.keys(rest).length === 0;
  return isGood ? null : 'invalid_metadata_format';
}

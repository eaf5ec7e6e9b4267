import { closeCompletion, completionKeymap, completionStatus } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, indentOnInput } from '@codemirror/language';
import { type Diagnostic as Mark, lintGutter, setDiagnostics } from '@codemirror/lint';
import { search, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension, type Text } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightSpecialChars,
  type KeyBinding,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import type { Diagnostic } from '@plumbline/core';
import { type ReactElement, type Ref, useEffect, useImperativeHandle, useRef } from 'react';

import classes from '../agent.module.css';
import { completion, type Known } from './complete.ts';
import { editorLook } from './editor-look.ts';

/** A place in a file, from 1. */
export type Spot = { readonly file: string; readonly line: number; readonly column: number };

/** Something wrong or doubtful, and where it stands. */
export type Finding = Spot & Pick<Diagnostic, 'severity' | 'message'>;

/** What a page may do to the text from outside. */
export type EditorHandle = {
  /** Puts another text in its place, which `Ctrl Z` takes back. */
  readonly replace: (text: string) => void;
};

type PactEditorProps = {
  readonly ref: Ref<EditorHandle>;
  readonly file: string;
  readonly isReadOnly: boolean;
  /** The text a file starts with; what is typed is told, and does not come back. */
  readonly start: string;
  /** Another round starts from the text again, and forgets what could be taken back. */
  readonly round: string;
  readonly findings: readonly Finding[];
  readonly known: Known;
  /** Where the cursor goes next. */
  readonly aim: Spot | null;
  readonly onText: (text: string) => void;
  /** Somebody asks for the next thing that is wrong, or the one before. */
  readonly onStep: (from: Spot, isBack: boolean) => void;
  readonly onFormat: () => void;
};

/** An editor of one file of a pact, with what is wrong with it marked where it stands. */
export function PactEditor(props: PactEditorProps): ReactElement {
  const { ref, file, isReadOnly, start, round, findings, aim } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef(props);
  const kept = useRef<{ round: string; states: Map<string, EditorState> }>({
    round,
    states: new Map(),
  });
  const first = useRef(start);
  useEffect(() => {
    latest.current = props;
    first.current = start;
  });
  useImperativeHandle(ref, () => ({ replace: (text) => replaceText(view.current, text) }), []);
  useEffect(() => {
    if (host.current === null) return undefined;
    // Below a shadow root the editor adopts its style sheets; elsewhere it would add `<style>`,
    // which the content policy refuses.
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: 'open' });
    if (kept.current.round !== round) kept.current = { round, states: new Map() };
    const { states } = kept.current;
    const state = states.get(file) ?? beginState(latest.current, () => latest.current);
    const made = new EditorView({ parent: root, root, state });
    // What scrolls is reached by the keyboard, whoever may write in it.
    made.scrollDOM.tabIndex = 0;
    view.current = made;
    return () => {
      states.set(file, made.state);
      view.current = null;
      made.destroy();
    };
  }, [file, round, isReadOnly]);
  useEffect(() => {
    const shown = view.current;
    if (shown === null) return;
    const marks = findings.map((one) => markOf(one, shown.state.doc));
    shown.dispatch(setDiagnostics(shown.state, marks));
  }, [findings, file, round, isReadOnly]);
  useEffect(() => {
    if (aim !== null && aim.file === file) goTo(view.current, aim);
  }, [aim, file]);
  return <div ref={host} className={classes['editor']} />;
}

function beginState({ start }: PactEditorProps, latest: () => PactEditorProps): EditorState {
  return EditorState.create({ doc: start, extensions: extensionsFor(latest) });
}

// Tab leaves the editor, as everywhere on the page; Ctrl ] and Ctrl [ indent.
function extensionsFor(latest: () => PactEditorProps): Extension {
  const { file, isReadOnly } = latest();
  return [
    lineNumbers(),
    lintGutter(),
    history(),
    drawSelection(),
    highlightActiveLine(),
    highlightSpecialChars(),
    indentOnInput(),
    bracketMatching(),
    search({ top: true }),
    isReadOnly ? [] : completion(() => latest().known),
    keymap.of([
      ...keysFor(latest),
      ...completionKeymap,
      ...defaultKeymap,
      ...historyKeymap,
      ...searchKeymap,
    ]),
    EditorView.domEventHandlers({ beforeinput: typeOver }),
    EditorView.updateListener.of(({ docChanged, state }) => {
      if (docChanged) latest().onText(state.doc.toString());
    }),
    yaml(),
    editorLook,
    EditorView.lineWrapping,
    EditorState.tabSize.of(2),
    EditorState.readOnly.of(isReadOnly),
    EditorView.editable.of(!isReadOnly),
    EditorView.contentAttributes.of({
      'aria-label': `The file ${file}`,
      spellcheck: 'false',
      ...(isReadOnly ? { tabindex: '0', 'aria-readonly': 'true' } : {}),
    }),
  ];
}

function keysFor(latest: () => PactEditorProps): readonly KeyBinding[] {
  const step = (isBack: boolean) => (view: EditorView) => {
    latest().onStep(spotOf(view, latest().file), isBack);
    return true;
  };
  return [
    // Elsewhere F8 goes to what was said; here it stays in the editor.
    { key: 'F8', run: step(false), shift: step(true), stopPropagation: true },
    {
      key: 'Alt-Shift-f',
      run: () => {
        latest().onFormat();
        return true;
      },
    },
    {
      // The list of words is left as well as the editor: Tab takes no word.
      key: 'Tab',
      run: (view) => completionStatus(view.state) !== null && closeCompletion(view) && false,
    },
  ];
}

function spotOf({ state }: EditorView, file: string): Spot {
  const { head } = state.selection.main;
  const { number, from } = state.doc.lineAt(head);
  return { file, line: number, column: head - from + 1 };
}

function goTo(view: EditorView | null, spot: Spot): void {
  if (view === null) return;
  const { from } = placeOf(spot, view.state.doc);
  view.dispatch({ selection: { anchor: from }, scrollIntoView: true });
  view.focus();
}

function replaceText(view: EditorView | null, text: string): void {
  if (view === null) return;
  const { doc, selection } = view.state;
  view.dispatch({
    changes: { from: 0, to: doc.length, insert: text },
    selection: { anchor: Math.min(selection.main.head, text.length) },
  });
}

/** A browser that types over text keeps its look by inline styles, which the policy refuses. */
function typeOver({ inputType, data, isComposing }: InputEvent, view: EditorView): boolean {
  const { readOnly, selection } = view.state;
  if (inputType !== 'insertText' || data === null || isComposing) return false;
  if (readOnly || selection.main.empty) return false;
  view.dispatch(view.state.replaceSelection(data), { userEvent: 'input.type' });
  return true;
}

/** A diagnostic names where something begins; it is marked to the end of the word. */
function markOf({ message, severity, ...spot }: Finding, doc: Text): Mark {
  return { ...placeOf(spot, doc), severity, message };
}

function placeOf(
  { line, column }: Pick<Spot, 'line' | 'column'>,
  doc: Text,
): { readonly from: number; readonly to: number } {
  const row = doc.line(Math.min(Math.max(line, 1), doc.lines));
  const from = Math.min(row.from + Math.max(column - 1, 0), row.to);
  const word = /^[^\s:,[\]{}]+/.exec(row.text.slice(from - row.from))?.[0].length ?? 0;
  return { from, to: Math.min(from + Math.max(word, 1), row.to) };
}

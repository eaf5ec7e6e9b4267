import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { bracketMatching, indentOnInput } from '@codemirror/language';
import { type Diagnostic as Mark, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { search, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension, type Text } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import type { Diagnostic } from '@plumbline/core';
import { type ReactElement, useEffect, useRef } from 'react';

import classes from './agent.module.css';
import { editorLook } from './editor-look.ts';

type PactEditorProps = {
  readonly label: string;
  readonly isReadOnly: boolean;
  /** The text it starts with; what is typed is told, and does not come back. */
  readonly start: string;
  readonly diagnostics: readonly Diagnostic[];
  readonly onText: (text: string) => void;
};

/** An editor of one file of a pact, with what is wrong with it marked where it stands. */
export function PactEditor(props: PactEditorProps): ReactElement {
  const { label, isReadOnly, start, diagnostics, onText } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const told = useRef(onText);
  useEffect(() => {
    told.current = onText;
  });
  const first = useRef(start);
  useEffect(() => {
    if (host.current === null) return undefined;
    // Below a shadow root the editor adopts its style sheets; elsewhere it would add `<style>`,
    // which the content policy refuses.
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: 'open' });
    const made = new EditorView({
      parent: root,
      root,
      state: EditorState.create({
        doc: first.current,
        extensions: [
          extensionsFor(label, isReadOnly),
          EditorView.updateListener.of(({ docChanged, state }) => {
            if (docChanged) told.current(state.doc.toString());
          }),
        ],
      }),
    });
    // What scrolls is reached by the keyboard, whoever may write in it.
    made.scrollDOM.tabIndex = 0;
    view.current = made;
    return () => {
      view.current = null;
      made.destroy();
    };
  }, [label, isReadOnly]);
  useEffect(() => {
    const shown = view.current;
    if (shown === null) return;
    const marks = diagnostics.map((one) => markOf(one, shown.state.doc));
    shown.dispatch(setDiagnostics(shown.state, marks));
  }, [diagnostics, label, isReadOnly]);
  return <div ref={host} className={classes['editor']} />;
}

// Tab leaves the editor, as everywhere on the page; Ctrl ] and Ctrl [ indent.
function extensionsFor(label: string, isReadOnly: boolean): Extension {
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
    keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, ...lintKeymap]),
    EditorView.domEventHandlers({ beforeinput: typeOver }),
    yaml(),
    editorLook,
    EditorView.lineWrapping,
    EditorState.tabSize.of(2),
    EditorState.readOnly.of(isReadOnly),
    EditorView.editable.of(!isReadOnly),
    EditorView.contentAttributes.of({
      'aria-label': label,
      spellcheck: 'false',
      ...(isReadOnly ? { tabindex: '0', 'aria-readonly': 'true' } : {}),
    }),
  ];
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
function markOf({ line, column, message, severity }: Diagnostic, doc: Text): Mark {
  const row = doc.line(Math.min(Math.max(line, 1), doc.lines));
  const from = Math.min(row.from + Math.max(column - 1, 0), row.to);
  const word = /^[^\s:,[\]{}]+/.exec(row.text.slice(from - row.from))?.[0].length ?? 0;
  return { from, to: Math.min(from + Math.max(word, 1), row.to), severity, message };
}

/**
 * Returns the program that a client starts as its hook: a shell script that asks the daemon beside
 * it with `curl`. Whatever goes wrong in it refuses.
 *
 * curl: the absolute path of the program.
 */
export function hookScript(curl: string): string {
  return SCRIPT.replace('@CURL@', curl.replaceAll("'", `'\\''`));
}

const SCRIPT = `#!/bin/sh
# Answers a hook of a coding agent: asks the daemon whose folder this file is in.
# Written by \`plumb hook <client> install\`; it takes client, event, agent, query and seconds.
#
# Exit code 2 blocks in every client. It is what everything ends with that the daemon did not
# answer in so many words.
set -u
curl='@CURL@'
client=\${1-} event=\${2-} agent=\${3-} query=\${4-} seconds=\${5-30}
folder=\${0%/*}
line='
'

fail() {
  case $client:$event in
    claude-code:PostToolUse)
      # By an exit code the agent would read what no record holds.
      say="plumbline withheld what the tool answered: $1, so it is not recorded"
      printf '{"decision":"block","reason":"%s","hookSpecificOutput":' "$say"
      printf '{"hookEventName":"PostToolUse","updatedToolOutput":"%s"}}\\n' "$say"
      exit 0 ;;
    cursor:postToolUse)
      say="plumbline withheld what the tool answered: $1, so it is not recorded"
      printf '{"updated_mcp_tool_output":{"refused":"%s"},' "$say"
      printf '"additional_context":"%s"}\\n' "$say"
      exit 0 ;;
  esac
  case $event in
    SessionStart | SessionEnd | UserPromptSubmit | BeforeAgent | Stop | SubagentStop | AfterAgent)
      # Nothing happens by these, so the person is told and nothing is kept from happening.
      printf '{"systemMessage":"plumbline: %s"}\\n' "$1" ;;
    sessionStart | sessionEnd | beforeSubmitPrompt | stop) printf '{}\\n' ;;
    *) printf 'plumbline refused this call: %s, so nothing is let through\\n' "$1" >&2; exit 2 ;;
  esac
  exit 0
}

# Reads that may go on while no daemon runs: those the list names, if this is a small event on one
# line whose only tool name is one of them. What is let through is in the spool first.
away() {
  [ \${#input} -le 65536 ] || return 0
  case $input in *"$line"*) return 0 ;; esac
  case $query in *prefix=*) return 0 ;; esac
  rest=\${input#*'"tool_name"'}
  case $rest in "$input" | *'"tool_name"'*) return 0 ;; esac
  case $rest in
    ':"'*) name=\${rest#':"'} ;;
    ': "'*) name=\${rest#': "'} ;;
    *) return 0 ;;
  esac
  name=\${name%%'"'*}
  case $name in '' | mcp_* | *[!A-Za-z0-9_-]*) return 0 ;; esac
  said='{}'
  case $client in
    claude-code) own=claude.$name ;;
    gemini-cli) own=gemini.$name ;;
    codex) own=codex.$name ;;
    cursor) own=cursor.$name said='{"permission":"allow"}' ;;
    *) return 0 ;;
  esac
  while IFS= read -r each; do
    [ "$each" = "$own" ] || continue
    case $event in
      PreToolUse | BeforeTool | preToolUse)
        printf '%s\\t%s\\t%s\\t%s\\n' "$client" "$agent" "$query" "$input" \\
          2>/dev/null >>"$folder/away/spool" || return 0 ;;
      PostToolUse | PostToolUseFailure | AfterTool | postToolUse | postToolUseFailure) said='{}' ;;
      *) return 0 ;;
    esac
    printf '%s\\n' "$said"
    exit 0
  done <"$folder/away/$agent"
}

ask() {
  "$curl" -q --silent --noproxy '*' --max-time "$seconds" \\
    --unix-socket "$folder/daemon.sock" --header 'Content-Type: application/json' \\
    --header 'Expect:' --data-binary @- --write-out '\\n%{http_code}' \\
    "http://localhost/api/v1/agents/$agent/hooks/$client/$event?form=sh&$query"
}

if [ -f "$folder/away/$agent" ]; then
  umask 077
  input=$(cat)
  answer=$(printf '%s' "$input" | ask)
  code=$?
  # Nobody listens: whoever answers otherwise, or not in time, is there.
  [ $code != 7 ] || away
else
  answer=$(ask)
  code=$?
fi
[ $code = 0 ] || fail "the daemon does not answer (curl ended with $code); plumb up starts it"

status=\${answer##*"$line"}
answer=\${answer%"$line"*}
answer=\${answer%"$line"}
if [ "$status" != 200 ]; then
  why=\${answer#*'"detail":"'}
  [ "$why" != "$answer" ] || why='no reason given"'
  why=\${why%%'"'*}
  case $why in *\\*) why='its log says why' ;; esac
  fail "the daemon answers $status: $why"
fi

first=\${answer%%"$line"*}
rest=\${answer#*"$line"}
case $first in
  'plumbline/1 0')
    case $rest in
      '{'*'}') printf '%s\\n' "$rest"; exit 0 ;;
    esac ;;
  'plumbline/1 2')
    if [ "$rest" != "$answer" ] && [ -n "$rest" ]; then
      printf '%s\\n' "$rest" >&2
      exit 2
    fi ;;
esac
fail 'the answer of the daemon cannot be read'
`;

import { hash } from 'node:crypto';

// What an authenticator is asked stands behind the `#`, which browsers never send.
const SCRIPT = `
const shown = document.getElementById('shown');
const said = (text) => { shown.textContent = text; };
const asked = () => {
  const [verb, packed = ''] = location.hash.slice(1).split('=');
  const bytes = atob(packed.replaceAll('-', '+').replaceAll('_', '/'));
  const text = new TextDecoder().decode(Uint8Array.from(bytes, (each) => each.charCodeAt(0)));
  return { verb, options: JSON.parse(text) };
};
const answer = async () => {
  const { verb, options } = asked();
  const publicKey = verb === 'create'
    ? PublicKeyCredential.parseCreationOptionsFromJSON(options)
    : PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const credential = verb === 'create'
    ? await navigator.credentials.create({ publicKey })
    : await navigator.credentials.get({ publicKey });
  said(JSON.stringify(credential.toJSON()));
};
document.getElementById('ask').addEventListener('click', () => {
  said('waiting for your authenticator');
  answer().catch((error) => said(String(error)));
});
`;

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem; }
button { font: inherit; padding: 0.5rem 1rem; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; border: 1px solid; padding: 1rem; }
`;

const POLICY = [
  "default-src 'none'",
  `script-src 'sha256-${hash('sha256', SCRIPT, 'base64')}'`,
  `style-src 'sha256-${hash('sha256', STYLE, 'base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** The page that asks an authenticator what stands behind the `#` of its address. */
export const WEBAUTHN_PAGE: string = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width">
<title>Plumbline: your authenticator</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Ask your authenticator</h1>
<p>Go on only if you have just typed the command that printed this page's address. Then copy what
appears below into the file that command takes. Give it to nobody: it stands for your word.</p>
<p><button id="ask" type="button">Ask</button></p>
<pre id="shown">nothing was asked yet</pre>
<script>${SCRIPT}</script>
</body>
</html>
`;

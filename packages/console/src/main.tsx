import './ui/base.css';

import { createRoot } from 'react-dom/client';

import { App } from './app/app.tsx';
import { loadPage } from './app/load-page.ts';
import { applyTheme } from './ui/preferences.ts';

applyTheme();
loadPage(globalThis.location);
const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<App />);

import './ui/base.css';

import { createRoot } from 'react-dom/client';

import { App } from './app/app.tsx';
import { applyTheme } from './ui/preferences.ts';

applyTheme();
const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<App />);

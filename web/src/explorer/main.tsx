import 'graphiql/setup-workers/vite';
import { createRoot } from 'react-dom/client';
import 'graphiql/style.css';
import '@graphiql/plugin-explorer/style.css';
import './explorer.css';
import { Explorer } from './Explorer.tsx';

const root = document.getElementById('root');
if (root) createRoot(root).render(<Explorer />);

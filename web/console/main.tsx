import { createRoot } from 'react-dom/client';
import './frame.css';
import './console.css';
import './components/parts.css';
import { App, createQueries } from './app.tsx';
import { watchLeaving } from './components/held.ts';
import { whoIsIn } from './me.ts';
import { loadHere, login } from './routes.ts';

/**
 * Shows the console when all that it begins with is there. Until then the page itself says that it is on its way: what
 * React says it says for at least 300 ms.
 */
async function begin(root: HTMLElement): Promise<void> {
  watchLeaving();
  const queries = createQueries();
  // The server marks its page so for a browser with a session. What cannot be had is asked for again, and told, when it is shown.
  const code = 'session' in document.documentElement.dataset ? loadHere() : login.load();
  await Promise.allSettled([queries.prefetchQuery(whoIsIn), code]);
  createRoot(root).render(<App queries={queries} />);
}

const root = document.getElementById('root');
if (root !== null) void begin(root);

import { createRoot } from 'react-dom/client';
import 'antd/dist/antd.css';
import { App } from './app.tsx';
import './console.css';

const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<App />);

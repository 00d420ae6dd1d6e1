import './docs.css';
import './tool.css';
import { startCalculator } from './calculator.ts';
import { addCopyButtons } from './copy.ts';
import { startLanguage, startTheme } from './preferences.ts';
import { startSearch } from './search.ts';
import { rememberTabs } from './tabs.ts';
import { startTool } from './tool.ts';

// Every page works without this script; each line adds one convenience where the page has a place for it.
document.documentElement.classList.add('js');
startTheme();
startLanguage();
addCopyButtons();
rememberTabs();
startSearch();
startCalculator();
startTool();

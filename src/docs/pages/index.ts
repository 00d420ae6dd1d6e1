import type { Category } from '../../contract/method.ts';
import { usedCategories } from './categories.ts';
import { categoryPage } from './category.ts';
import { errorsPage } from './errors.ts';
import { guideListPage, guidePage } from './guides.ts';
import { homePage } from './home.ts';
import { methodPage } from './method.ts';
import type { Page, View } from './site.ts';

/** The page at the view's address; undefined when there is none. */
export function pageOf(view: View): Page | undefined {
  const { site, path } = view;
  if (path === '/') return homePage(view);
  if (path === '/errors') return errorsPage(view);
  if (path === '/guides') return guideListPage(view);
  const [, kind, name, ...more] = path.split('/');
  if (name === undefined || more.length > 0) return undefined;
  if (kind === 'api') {
    const contract = site.contracts.find((each) => each.name === name);
    return contract && methodPage(view, contract);
  }
  if (kind === 'category') {
    const category = usedCategories(site.contracts).find((each): each is Category => each === name);
    return category && categoryPage(view, category);
  }
  const guide = kind === 'guides' ? site.guides.find(({ slug }) => slug === name) : undefined;
  return guide && guidePage(view, guide);
}

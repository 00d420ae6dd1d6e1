import { Component, type ReactNode } from 'react';
import { Failure } from './states.tsx';

/** Keeps a page that fails from taking the console with it. React knows no other way than a class. */
export class Boundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: undefined };

  /** What React asks for when something below throws. */
  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }

  override render(): ReactNode {
    if (this.state.error === undefined) return this.props.children;
    return <Failure error={this.state.error} again={() => location.reload()} />;
  }
}

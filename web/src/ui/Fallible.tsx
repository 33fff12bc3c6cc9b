import { Component, type ReactNode } from 'react';
import { Notice } from './Notice.tsx';

/** What is shown when a part of the page fails by a fault of ours: the rest goes on. */
export class Fallible extends Component<{ children: ReactNode }, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render() {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <Notice kind="problem">
        <p>This part of the page has failed. Nothing that was saved is lost.</p>
        <button type="button" onClick={() => location.reload()}>
          Load the page anew
        </button>
      </Notice>
    );
  }
}

import { type ReactNode, useEffect, useRef } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import type { Problem } from '../api/actions.ts';
import { Problems } from './Notice.tsx';
import { besides } from './problems.ts';
import { useReturnedFocus } from './useReturnedFocus.ts';

interface Props {
  title: string;
  submit: string;
  isRunning: boolean;
  problems: readonly Problem[];
  /** The input fields that tell their problems themselves; all others are told together. */
  fields: readonly string[];
  /** What can be done about the others. */
  remedy?: ReactNode;
  onSubmit(): void;
  onClose(): void;
  children: ReactNode;
}

/**
 * A form in a dialog. The first field that the API refuses gets the focus; Escape closes it. Its button is never disabled
 * for the browser, which would take the focus from it, and so from what opened the dialog when that closes.
 */
export function FormDialog(props: Props) {
  const { title, submit, isRunning, problems, fields, remedy, onSubmit, onClose, children } = props;
  const form = useRef<HTMLFormElement>(null);
  useReturnedFocus();
  useEffect(() => {
    if (problems.length > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [problems]);
  return (
    <ModalOverlay className="overlay" isOpen onOpenChange={(isOpen) => isOpen || onClose()}>
      <Modal className="modal">
        <Dialog className="dialog">
          <Heading slot="title">{title}</Heading>
          <form
            ref={form}
            className="form"
            onSubmit={(event) => {
              event.preventDefault();
              if (!isRunning) onSubmit();
            }}
          >
            {children}
            <Problems problems={besides(problems, fields)} />
            {remedy}
            <div className="row end">
              <button type="button" onClick={onClose}>
                Cancel
              </button>
              <button type="submit" className="primary" aria-disabled={isRunning || undefined}>
                {submit}
              </button>
            </div>
          </form>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

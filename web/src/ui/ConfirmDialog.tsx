import { type ReactNode, useEffect, useRef } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import type { Problem } from '../api/actions.ts';
import { Problems } from './Notice.tsx';

interface Props {
  title: string;
  confirm: string;
  isRunning: boolean;
  problems: readonly Problem[];
  onConfirm(): void;
  onClose(): void;
  children: ReactNode;
}

/** Asks before something is done that is not easily undone; the focus begins on the way back. */
export function ConfirmDialog({ title, confirm, isRunning, problems, onConfirm, onClose, children }: Props) {
  const wayBack = useRef<HTMLButtonElement>(null);
  useEffect(() => wayBack.current?.focus(), []); // above another dialog, `autoFocus` comes too early: that one takes it back
  return (
    <ModalOverlay className="overlay" isOpen onOpenChange={(isOpen) => isOpen || onClose()}>
      <Modal className="modal">
        <Dialog className="dialog" role="alertdialog">
          <Heading slot="title">{title}</Heading>
          {children}
          <Problems problems={problems} />
          <div className="row end">
            <button type="button" ref={wayBack} onClick={onClose}>
              Keep it
            </button>
            <button
              type="button"
              className="danger"
              aria-disabled={isRunning || undefined}
              onClick={() => isRunning || onConfirm()}
            >
              {confirm}
            </button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

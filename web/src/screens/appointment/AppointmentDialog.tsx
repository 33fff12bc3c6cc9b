import { useEffect, useRef, useState } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { useSubscription } from 'urql';
import { AppointmentDocument, type AppointmentPartsFragment, WatchBannerDocument } from '../../graphql.ts';
import { goInstead, hrefOf, type Screen } from '../../place/place.ts';
import { useFresh } from '../../session/changes.tsx';
import { usePractice } from '../../session/practice.tsx';
import { announce } from '../../ui/Announcer.tsx';
import { Clocks } from '../../ui/Clocks.tsx';
import { Loaded } from '../../ui/Loaded.tsx';
import { Notice } from '../../ui/Notice.tsx';
import { Noticed } from '../../ui/Noticed.tsx';
import { focusHeading } from '../../ui/Screen.tsx';
import { Actions } from './Actions.tsx';
import { Banner } from './Banner.tsx';
import { DeleteButton } from './DeleteButton.tsx';
import { STATUS_NAMES } from './words.ts';

/**
 * An appointment above the screen it was opened from; its banner is watched for as long as it is open. When it is deleted
 * meanwhile, its title still says whose it was, and the focus is on the only thing that is left to do.
 */
export function AppointmentDialog({ id, screen }: { id: string; screen: Screen }) {
  const asked = useFresh(AppointmentDocument, { id });
  const appointment = asked.data?.appointment;
  const [known, setKnown] = useState(appointment);
  if (appointment && appointment !== known) setKnown(appointment);
  const isGone = asked.data !== undefined && !appointment;
  const closing = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isGone) closing.current?.focus();
  }, [isGone]);
  const deleted = () => {
    goInstead({ screen, appointment: null });
    setTimeout(focusHeading); // what opened the dialog is gone with the appointment
  };
  const close = isGone ? deleted : () => goInstead({ screen, appointment: null });
  return (
    <ModalOverlay className="overlay" isOpen isDismissable onOpenChange={(isOpen) => isOpen || close()}>
      <Modal className="modal">
        <Dialog className="dialog">
          <Heading slot="title">{known?.client.name ?? 'Appointment'}</Heading>
          <Loaded asked={asked}>
            {({ appointment }) =>
              appointment ? (
                <Opened appointment={appointment} onNews={asked.again} onDeleted={deleted} />
              ) : (
                <Notice kind="problem">
                  {known
                    ? 'This appointment is gone: it was deleted.'
                    : 'There is no such appointment in this practice.'}
                </Notice>
              )
            }
          </Loaded>
          <div className="row end">
            <button type="button" ref={closing} onClick={close}>
              Close
            </button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

interface Props {
  appointment: AppointmentPartsFragment;
  onNews(): void;
  onDeleted(): void;
}

function Opened({ appointment, onNews, onDeleted }: Props) {
  const { dates } = usePractice();
  const { id, client, startsAt, endsAt, serviceDate, status, service, practitioner } = appointment;
  const banner = useWatched(appointment, onNews);
  useNews(banner.revision, onNews);
  const when = `${dates.longDate(serviceDate)}, ${dates.times(startsAt, endsAt)}`;
  useSaid(startsAt + endsAt, `Moved to ${when}.`);
  useSaid(status, `${STATUS_NAMES[status]}.`);
  return (
    <>
      <p className="when">
        <Noticed>{when}</Noticed> <Noticed className="chip">{STATUS_NAMES[status]}</Noticed>
      </p>
      <p className="hint">
        {[service, practitioner?.name].filter(Boolean).join(' · ')}{' '}
        <a href={hrefOf({ screen: { name: 'client', id: client.id }, appointment: null })}>Profile of {client.name}</a>
      </p>
      <Clocks at={startsAt} />
      <Banner key={id} banner={banner} serviceDate={serviceDate} />
      <Actions appointment={appointment}>
        <DeleteButton appointment={appointment} onDeleted={onDeleted} />
      </Actions>
    </>
  );
}

/** Have it said when something has changed. */
function useSaid(changing: string, text: string): void {
  const known = useRef(changing);
  useEffect(() => {
    if (known.current !== changing) announce(text);
    known.current = changing;
  }, [changing, text]);
}

/**
 * Watch the banner from the revision that the query brought; what comes is in the cache, and so in the query's answer.
 * An answer that was overtaken on its way does not bring an older state back. When it cannot be watched any more, as
 * when the appointment was deleted, what became of it is asked for.
 */
function useWatched({ id, banner }: AppointmentPartsFragment, onEnd: () => void): AppointmentPartsFragment['banner'] {
  const [knownRevision] = useState(banner.revision);
  const [newest, setNewest] = useState(banner);
  const [{ error }] = useSubscription({
    query: WatchBannerDocument,
    variables: { appointmentId: id, knownRevision },
  });
  useEffect(() => {
    if (error) onEnd();
  }, [error, onEnd]);
  if (banner !== newest && banner.revision >= newest.revision) setNewest(banner);
  return newest;
}

/** Ask for the rest of the appointment when its banner has moved: what moved it may be its status. */
function useNews(revision: number, onNews: () => void): void {
  const known = useRef(revision);
  useEffect(() => {
    if (revision > known.current) onNews();
    known.current = revision;
  }, [revision, onNews]);
}

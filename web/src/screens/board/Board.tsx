import { useSubscription } from 'urql';
import { WatchBoardDocument, type WatchBoardSubscription } from '../../graphql.ts';
import { usePractice } from '../../session/practice.tsx';
import { Loaded } from '../../ui/Loaded.tsx';
import { Screen } from '../../ui/Screen.tsx';
import { BoardList } from './BoardList.tsx';
import './board.css';
import { Counts } from './Counts.tsx';
import { EndsChart } from './EndsChart.tsx';
import { StatesChart } from './StatesChart.tsx';

/** What the practice should look at, live; made to hang on a wall. */
export function Board() {
  const [{ data, error }, again] = useSubscription({ query: WatchBoardDocument });
  return (
    <Screen title="Board">
      <Loaded asked={{ data, error, again }}>{({ board }) => <Shown board={board} />}</Loaded>
    </Screen>
  );
}

function Shown({ board: { counts, nearlyUsed, endingSoon, expired } }: { board: WatchBoardSubscription['board'] }) {
  const { dates } = usePractice();
  return (
    <div className="board">
      <Counts counts={counts} />
      <div className="charts">
        <StatesChart counts={counts} />
        <EndsChart trackers={endingSoon} />
      </div>
      <div className="lists">
        <BoardList title="Nearly used" nothing="No tracker has few sessions left." trackers={nearlyUsed} />
        <BoardList
          title="Ending soon"
          nothing="No period ends in the next two weeks."
          trackers={endingSoon}
          what={({ endDate, autoReset }) =>
            endDate && `${autoReset ? 'resets after' : 'ends on'} ${dates.date(endDate)}`
          }
        />
        <BoardList
          title="Expired, to remove"
          nothing="Nothing is to be removed."
          trackers={expired}
          what={({ endDate }) => endDate && `ended on ${dates.date(endDate)}`}
        />
      </div>
    </div>
  );
}

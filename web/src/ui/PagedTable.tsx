import type { ReactNode } from 'react';
import { More, type PageInfo } from './More.tsx';

interface Props {
  caption: string;
  columns: readonly string[];
  pageInfo: PageInfo;
  /** The page after a cursor. */
  next: (after: string) => ReactNode;
  /** The rows. */
  children: ReactNode;
}

/** A page of a list as a table, and those after it when they are asked for. */
export function PagedTable({ caption, columns, pageInfo, next, children }: Props) {
  return (
    <>
      <table>
        <caption className="unseen">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
      <More pageInfo={pageInfo}>{next}</More>
    </>
  );
}

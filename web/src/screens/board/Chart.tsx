import { type ReactNode, useId } from 'react';

interface Props {
  title: string;
  description: string;
  heads: readonly string[];
  rows: readonly (readonly string[])[];
  /** What is written beside the shapes, as text of the page, which does not shrink with them. */
  labels: ReactNode;
  viewBox: string;
  children: ReactNode;
}

/** Shapes for who would rather look, the same in words for a screen reader, and as a table for who would rather read. */
export function Chart({ title, description, heads, rows, labels, viewBox, children }: Props) {
  const id = useId();
  return (
    <figure className="chart">
      <figcaption>{title}</figcaption>
      <svg
        viewBox={viewBox}
        preserveAspectRatio="none"
        role="img"
        aria-labelledby={`${id}-title`}
        aria-describedby={`${id}-description`}
      >
        <title id={`${id}-title`}>{title}</title>
        <desc id={`${id}-description`}>{description}</desc>
        {children}
      </svg>
      {labels}
      <details>
        <summary>As a table</summary>
        <table>
          <caption className="unseen">{title}</caption>
          <thead>
            <tr>
              {heads.map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(([first, ...others]) => (
              <tr key={first}>
                <th scope="row">{first}</th>
                {others.map((cell, index) => (
                  <td key={heads[index + 1]}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}

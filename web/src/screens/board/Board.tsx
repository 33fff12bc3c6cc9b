import { Screen } from '../../ui/Screen.tsx';

export default function Board() {
  return (
    <Screen title="Board">
      <p className="hint">This screen is yet to be written.</p>
    </Screen>
  );
}

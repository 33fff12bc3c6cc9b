import { Screen } from '../../ui/Screen.tsx';

export default function Tasks() {
  return (
    <Screen title="Tasks">
      <p className="hint">This screen is yet to be written.</p>
    </Screen>
  );
}

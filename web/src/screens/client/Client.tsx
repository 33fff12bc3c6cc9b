import { Screen } from '../../ui/Screen.tsx';

export default function Client({ id }: { id: string }) {
  return (
    <Screen title="Client">
      <p className="hint">This screen is yet to be written ({id}).</p>
    </Screen>
  );
}

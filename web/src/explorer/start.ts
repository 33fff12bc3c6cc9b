/** What the examples begin with: the practice, and an appointment that is still to be completed. */
export interface Start {
  practiceId: string;
  today: string;
  appointmentId: string;
  clientId: string;
}

interface Answer {
  data?: {
    practice: { id: string; today: string };
    appointments: { nodes: { id: string; client: { id: string } }[] };
  } | null;
}

const QUERY = '{ practice { id today } appointments(status: [SCHEDULED], first: 1) { nodes { id client { id } } } }';
const NOTHING: Start = {
  practiceId: '',
  today: new Date().toISOString().slice(0, 10),
  appointmentId: '…',
  clientId: '…',
};

/** Ask the API; where it does not say, the examples have gaps to fill. */
export async function startOf(token: string): Promise<Start> {
  if (!token) return NOTHING;
  const data = await asked(token).catch(unheard);
  if (!data) return NOTHING;
  const [appointment] = data.appointments.nodes;
  return {
    practiceId: data.practice.id,
    today: data.practice.today,
    appointmentId: appointment?.id ?? NOTHING.appointmentId,
    clientId: appointment?.client.id ?? NOTHING.clientId,
  };
}

async function asked(token: string): Promise<Answer['data']> {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: QUERY }),
  });
  const { data }: Answer = await response.json();
  return data;
}

/** The server is away, or the token is none that can be sent: whoever runs an operation is told so there. */
function unheard(): null {
  return null;
}

import { type FormEvent, type ReactElement, useState } from 'react';

import { type GivenSeat, useGiveSeat, useReturnSeat, useSeats } from '../../data/approvals.ts';
import { useSession } from '../../data/session.ts';
import { Button } from '../../ui/button.tsx';
import { Visible } from '../../ui/code-view.tsx';
import { Fault, SelectField, TextField } from '../../ui/field.tsx';
import { Section } from '../../ui/page.tsx';
import { Answered } from '../../ui/states.tsx';
import { PlainTable } from '../../ui/table/plain-table.tsx';
import { Time } from '../../ui/time.tsx';
import { useToast } from '../../ui/toast.tsx';
import classes from './approvals.module.css';

const HOUR_MS = 3_600_000;
const SPANS = [
  ['8', '8 hours'],
  ['24', 'a day'],
  ['168', 'a week'],
  ['336', 'two weeks'],
] as const;

/** Whose seat is somebody else's now, and how to give one's own away for a time. */
export function SeatsPanel(): ReactElement {
  return (
    <div className={classes['stack']}>
      <GiveForm />
      <Section title="Seats that were given">
        <Answered answer={useSeats(true)} what="the seats">
          {(seats) => <SeatTable seats={seats} />}
        </Answered>
      </Section>
    </div>
  );
}

function GiveForm(): ReactElement {
  const [to, setTo] = useState('');
  const [hours, setHours] = useState('24');
  const give = useGiveSeat();
  const say = useToast();
  const send = (event: FormEvent): void => {
    event.preventDefault();
    const untilMs = Date.now() + Number(hours) * HOUR_MS;
    give.mutate(
      { to: to.trim(), untilMs },
      {
        onSuccess: () => {
          say({ tone: 'good', text: `${to.trim()} votes in your seat now.` });
          setTo('');
        },
      },
    );
  };
  return (
    <Section title="Give your seat away" isCard>
      <p className={classes['soft']}>
        Somebody else votes where a rule names you, until then. It stays one seat: whichever of you
        votes first takes it.
      </p>
      <form className={classes['form']} onSubmit={send}>
        <TextField
          label="To whom"
          type="email"
          placeholder="omar@example.com"
          required
          value={to}
          onChange={(event) => setTo(event.target.value)}
        />
        <SelectField
          label="For how long"
          options={SPANS}
          value={hours}
          onChange={(event) => setHours(event.target.value)}
        />
        <Button type="submit" disabled={give.isPending || to.trim() === ''}>
          Give the seat
        </Button>
      </form>
      <Fault error={give.error} />
    </Section>
  );
}

function SeatTable({ seats }: { readonly seats: readonly GivenSeat[] }): ReactElement {
  return (
    <PlainTable
      nothing="Everybody sits in their own seat."
      rows={seats.map((seat) => [
        seat.id,
        {
          Whose: <Visible text={seat.from} />,
          'Is with': <Visible text={seat.to} />,
          Until: <Time at={seat.untilMs} />,
          'Take back': <ReturnButton seat={seat} />,
        },
      ])}
    />
  );
}

function ReturnButton({ seat }: { readonly seat: GivenSeat }): ReactElement | null {
  const { data: session } = useSession();
  const end = useReturnSeat();
  const say = useToast();
  if (session?.person?.toLowerCase() !== seat.from.toLowerCase()) return null;
  const takeBack = (): void =>
    end.mutate(seat.id, {
      onSuccess: () => say({ tone: 'good', text: 'Your seat is yours again.' }),
      onError: (error) => say({ tone: 'danger', text: error.message }),
    });
  return (
    <Button isSmall disabled={end.isPending} onClick={takeBack}>
      Take it back
    </Button>
  );
}

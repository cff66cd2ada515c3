/** Narrows the log of changes; the address holds the choice, so that it can be kept and sent on. */
import { Form } from "@remix-run/react";
import type { LoggedNumber } from "../../integrations/connection/activity.server.ts";
import {
  type ActivityFilter,
  activityActors,
  activityGroups,
  activityPeriods,
} from "../../integrations/connection/activity-filter.ts";
import { pageTexts } from "../../texts/pages.ts";
import { buttonLook } from "../forms/buttons.tsx";
import { Choice } from "../forms/fields.tsx";
import { useTexts } from "../frame/page-context.tsx";

interface ActivityFilterFormProps {
  path: string;
  filter: ActivityFilter;
  numbers: LoggedNumber[];
}

/** The choice of a number is there once there is one to make. */
export function ActivityFilterForm({ path, filter, numbers }: ActivityFilterFormProps) {
  const words = pageTexts(useTexts()).activity.filter;
  const option = <Value extends string>(names: Record<Value, string>) => {
    return (value: Value) => ({ value, label: names[value] });
  };
  const every = (label: string) => ({ value: "", label });
  return (
    <Form
      method="get"
      action={path}
      aria-label={words.label}
      className="grid grid-cols-[repeat(auto-fit,minmax(min(100%,9.5rem),1fr))] items-end gap-3"
    >
      <Choice
        name="what"
        label={words.what}
        options={[every(words.everything), ...activityGroups.map(option(words.groups))]}
        chosen={filter.group ?? ""}
      />
      {numbers.length > 1 || filter.connectionId ? (
        <Choice
          name="number"
          label={words.number}
          options={[
            every(words.everyNumber),
            ...numbers.map(({ connectionId, number }) => ({ value: connectionId, label: number })),
          ]}
          chosen={filter.connectionId ?? ""}
        />
      ) : null}
      <Choice
        name="who"
        label={words.who}
        options={[every(words.everybody), ...activityActors.map(option(words.actors))]}
        chosen={filter.actor ?? ""}
      />
      <Choice
        name="days"
        label={words.period}
        options={activityPeriods.map((days) => ({ value: String(days), label: words.lastDays(days) }))}
        chosen={String(filter.days)}
      />
      <button type="submit" className={buttonLook.quiet}>
        {words.submit}
      </button>
    </Form>
  );
}

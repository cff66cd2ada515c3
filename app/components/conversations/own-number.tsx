/** Which of the workspace's own numbers a conversation is with. */
import type { OwnNumberView } from "../../inbox/conversations/own-numbers.server.ts";
import { PhoneNumber } from "../frame/page.tsx";
import { useTexts } from "../frame/page-context.tsx";

export function OwnNumber({ of: { name, phoneNumber } }: { of: OwnNumberView }) {
  return (
    <>
      {useTexts().conversations.ownNumber} {name ? <bdi>{name}</bdi> : null}
      {name && phoneNumber ? " · " : null}
      {phoneNumber ? <PhoneNumber number={phoneNumber} /> : null}
    </>
  );
}

import { type Kind, type Kinds, message } from "./kind.ts";

const ERRORS = {
  131051: ["Message type unknown", "Message type is currently not supported."],
  131052: ["Media download error", "Failed to download the media from the sender."],
  131060: ["This message is currently unavailable", "The message could not be delivered here."],
} as const;

function withheld(
  label: string,
  code: keyof typeof ERRORS | null,
  named?: string,
  type = "unsupported",
): Kind {
  const error = code && {
    code: Number(code),
    title: ERRORS[code][0],
    message: ERRORS[code][0],
    error_data: { details: ERRORS[code][1] },
  };
  return message(label, () => ({
    type,
    ...(error && { errors: [error] }),
    ...(named && { unsupported: { type: named } }),
  }));
}

/** What Meta keeps to itself, and what nobody knows. */
export const WITHHELD = {
  unsupported: withheld("Not supported (131051): a poll", 131051, "poll"),
  unsupported_unnamed: withheld("Not supported (131051), not named", 131051),
  unsupported_file: withheld("File not fetched (131052)", 131052),
  unsupported_unavailable: withheld("Currently unavailable (131060)", 131060),
  unsupported_group_invite: withheld("Not supported: a group invite, no error", null, "group_invite"),
  unsupported_edit: withheld("Not supported: an edit", 131051, "edit"),
  unknown: withheld("Not supported, by its older name unknown", 131051, undefined, "unknown"),
  // A type that does not exist (yet): receivers must accept what they do not know.
  unknown_type: message("Type of the future", ({ text }) => ({
    type: "hologram",
    hologram: { body: text ?? "Holograma" },
  })),
} satisfies Kinds;

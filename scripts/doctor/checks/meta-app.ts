/** Our app at Meta: whether Meta takes its id and secret, and what it has on file for the webhook. */
import { z } from "zod";
import { createGraphClient, type GraphClient } from "../../../app/integrations/meta/graph.server.ts";
import { GraphError } from "../../../app/integrations/meta/graph-error.server.ts";
import { webhookFields } from "../../../app/integrations/meta/whatsapp/webhook/webhook-fields.ts";
import { Secret } from "../../../app/platform/secret.server.ts";
import { check, NotPossible, type Patient } from "../examine.ts";
import { type Finding, fail, faultsOr, ok, skip, warn } from "../findings.ts";
import { isReadableOnTheWay, shownUrl } from "./addresses.ts";

const credentials = "app id and secret";
const onFile = "webhook at Meta";
const basic = "App Dashboard → App settings → Basic";
const configuration = "App Dashboard → WhatsApp → Configuration";

const tokenAnswer = z.object({ access_token: z.string().min(1) });
const subscriptionsAnswer = z.object({
  data: z.array(
    z.object({
      object: z.string(),
      callback_url: z.string().optional(),
      active: z.boolean().optional(),
      // Older versions list plain names.
      fields: z
        .array(z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)]))
        .optional(),
    }),
  ),
});
type Subscription = z.infer<typeof subscriptionsAnswer>["data"][number];

const metaNeeds = ["META_APP_ID", "META_APP_SECRET", "META_GRAPH_URL", "META_GRAPH_VERSION"] as const;
type MetaEnv = Record<(typeof metaNeeds)[number], string>;

/** By the exchange that tells a wrong id from a wrong secret. The token that comes back is dropped. */
export const credentialsCheck = check(credentials, [...metaNeeds], async (env, patient) => {
  const form = {
    client_id: env.META_APP_ID,
    client_secret: env.META_APP_SECRET,
    grant_type: "client_credentials",
  };
  try {
    await graphClient(env, patient).call({
      endpoint: "app_token",
      method: "POST",
      path: ["oauth", "access_token"],
      form,
      auth: "none",
      schema: tokenAnswer,
    });
    return [ok(credentials, "Meta takes both")];
  } catch (error) {
    return [refusal(credentials, error)];
  }
});

/** Object, activity, address and fields of the app's subscription. */
export const onFileCheck = check(onFile, [...metaNeeds, "APP_ORIGIN"], async (env, patient) => {
  try {
    const { data } = await graphClient(env, patient).call({
      endpoint: "app_subscriptions",
      path: [env.META_APP_ID, "subscriptions"],
      auth: "app",
      schema: subscriptionsAnswer,
    });
    const ours = data.find(({ object }) => object === "whatsapp_business_account");
    return judgeSubscription(ours, `${env.APP_ORIGIN}/webhooks/meta/whatsapp`);
  } catch (error) {
    return [refusal(onFile, error)];
  }
});

function graphClient(env: MetaEnv, { timeoutMs }: Patient): GraphClient {
  if (isReadableOnTheWay(env.META_GRAPH_URL)) {
    throw new NotPossible("would send the app secret over plain http: see Graph host");
  }
  const config = {
    appId: env.META_APP_ID,
    appSecret: new Secret(env.META_APP_SECRET),
    graphUrl: env.META_GRAPH_URL,
    graphVersion: env.META_GRAPH_VERSION,
    // The dialog's part of the configuration: no call of ours here uses it.
    dialogUrl: "",
    log: { info() {}, warn() {}, error() {} },
  };
  return createGraphClient(config, { timeoutMs });
}

function judgeSubscription(found: Subscription | undefined, callbackUrl: string): Finding[] {
  if (!found) {
    const toDo = `${configuration}: callback URL ${callbackUrl} and your META_WEBHOOK_VERIFY_TOKEN`;
    return [fail(onFile, "Meta has no webhook for whatsapp_business_account: nothing arrives", toDo)];
  }
  const faults: Finding[] = [];
  if (found.active === false) {
    const says = "the subscription is switched off: nothing arrives";
    faults.push(fail(onFile, says, `${configuration}: verify and save the callback again`));
  }
  if (found.callback_url !== callbackUrl) {
    const says = `Meta delivers to ${shownUrl(found.callback_url ?? "")}, and ours is ${callbackUrl}`;
    faults.push(fail(onFile, says, `${configuration}: change the callback URL, or correct APP_ORIGIN`));
  }
  return [
    ...faultsOr(faults, ok(onFile, `${callbackUrl} is on file and active`)),
    ...judgeFields(found.fields ?? []),
  ];
}

/** A line for each field that the product reads and Meta does not send; without messages nothing works. */
function judgeFields(fields: string[]): Finding[] {
  const subject = "webhook fields";
  const missing = Object.entries(webhookFields).filter(([field]) => !fields.includes(field));
  const faults = missing.map(([field, lost]) => {
    const finding = field === "messages" ? fail : warn;
    const toDo = `${configuration} → Webhook fields: subscribe to ${field}`;
    return finding(subject, `${field} is not subscribed: ${lost}`, toDo);
  });
  return faultsOr(faults, ok(subject, "all that are read are subscribed"));
}

/** By the code alone: HTTP statuses vary, and Meta's texts are not repeated. */
function refusal(subject: string, error: unknown): Finding {
  if (!(error instanceof GraphError)) throw error;
  const { code, httpStatus = 0, note } = error.facts;
  if (code === 101)
    return fail(subject, "Meta knows no app of this META_APP_ID (code 101)", `copy it: ${basic}`);
  // 1 is also Meta's word for a trouble of its own, then with 5xx.
  if (code === 1 && httpStatus < 500) {
    const toDo = `copy it: ${basic}; if it was reset, the old one belongs into META_APP_SECRET_PREVIOUS for a while`;
    return fail(subject, "Meta refuses META_APP_SECRET for this META_APP_ID (code 1)", toDo);
  }
  if (code === 190 || (code === 100 && error.facts.subcode === 33)) {
    const says = `Meta does not take META_APP_ID and META_APP_SECRET as an app token (code ${code})`;
    return fail(subject, says, `copy both from the same app: ${basic}`);
  }
  if (code === undefined)
    return fail(subject, `no usable answer from Meta (${note ?? "unknown"})`, "see Graph host");
  if (error.kind === "retry_later")
    return warn(subject, `Meta is busy or throttling (code ${code})`, "try again later");
  return fail(subject, `Meta refuses the question (code ${code})`, "look the code up in Meta's error codes");
}

const configId = "config id";
const configurations = "App Dashboard → Facebook Login for Business → Configurations";

/** The Facebook Login for Business configuration, which no API shows. Set or not; that the number is the right one can only be seen at Meta. */
export const configIdCheck = check(
  configId,
  [],
  async ({ META_CONFIG_ID, META_SIGNUP_WINDOW }, { problems }) => {
    if (problems.some(({ variable }) => variable === "META_CONFIG_ID"))
      return [skip(configId, "needs META_CONFIG_ID")];
    if (META_CONFIG_ID)
      return [ok(configId, `set; Meta has no API to check it against: compare it with ${configurations}`)];
    const toDo = `create a WhatsApp Embedded Signup configuration and set its id: ${configurations}`;
    if (META_SIGNUP_WINDOW === "true")
      return [
        fail(configId, "META_SIGNUP_WINDOW is on and does nothing: a window needs META_CONFIG_ID", toDo),
      ];
    return [warn(configId, "META_CONFIG_ID is not set: the dialog asks for plain scopes", toDo)];
  },
);

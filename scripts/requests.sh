#!/usr/bin/env bash
# The HTTP contract by hand, with curl: login, start, status, disconnect, handshake, webhook; `all` runs each in turn.
#
#   scripts/requests.sh all                     against a running `npm run dev`, no configuration
#   ORIGIN=http://localhost:3000 META_APP_SECRET=… META_WEBHOOK_VERIFY_TOKEN=… scripts/requests.sh webhook
#   PHONE_NUMBER_ID=… scripts/requests.sh webhook   a message for that number
set -euo pipefail
cd "$(dirname "$0")/.."

from_dev() { # file, field: what `npm run dev` noted, or nothing
  node -e 'try { process.stdout.write(JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"))[process.argv[2]] ?? "") } catch {}' ".data/$1" "$2"
}

ORIGIN="${ORIGIN:-$(from_dev dev.json origin)}"
ORIGIN="${ORIGIN:-http://localhost:3000}"
META_APP_SECRET="${META_APP_SECRET:-$(from_dev dev-secrets.json appSecret)}"
META_WEBHOOK_VERIFY_TOKEN="${META_WEBHOOK_VERIFY_TOKEN:-$(from_dev dev-secrets.json verifyToken)}"
EMAIL="${EMAIL:-ana@luz.example}"
PASSWORD="${PASSWORD:-curbe-demo}"
PHONE_NUMBER_ID="${PHONE_NUMBER_ID:-311000000000000011}" # the sandbox's Panadería Luz
api="$ORIGIN/api/integrations/meta/whatsapp"
jar="$(mktemp)"
trap 'rm -f "$jar"' EXIT

show() { printf '\n== %s\n' "$1"; }
ask() { curl --silent --show-error --cookie "$jar" --cookie-jar "$jar" --write-out '\nHTTP %{http_code}\n' "$@"; }

login() {
  show "POST /login as $EMAIL"
  ask --output /dev/null --data-urlencode "email=$EMAIL" --data-urlencode "password=$PASSWORD" "$ORIGIN/login"
}
start() {
  show "POST $api/start (JSON: the address at Meta and the state)"
  ask --header 'Accept: application/json' --request POST "$api/start"
}
status() {
  show "GET $api/status"
  ask "$api/status"
}
disconnect() {
  show "POST $api/disconnect"
  ask --header 'Accept: application/json' --request POST "$api/disconnect"
}
handshake() {
  show "GET /webhooks/meta/whatsapp (what Meta asks when the address is set)"
  ask --get --data-urlencode 'hub.mode=subscribe' --data-urlencode 'hub.challenge=1158201444' \
    --data-urlencode "hub.verify_token=$META_WEBHOOK_VERIFY_TOKEN" "$ORIGIN/webhooks/meta/whatsapp"
}
webhook() {
  show "POST /webhooks/meta/whatsapp (a signed text message for number $PHONE_NUMBER_ID)"
  local now body signature
  now="$(date +%s)"
  body='{"object":"whatsapp_business_account","entry":[{"id":"204000000000000011","changes":[{"field":"messages","value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":"525512345678","phone_number_id":"'"$PHONE_NUMBER_ID"'"},"contacts":[{"profile":{"name":"Marta"},"wa_id":"525587654321"}],"messages":[{"from":"525587654321","id":"wamid.curl'"$now$RANDOM"'","timestamp":"'"$now"'","type":"text","text":{"body":"Hola, \u00bftienen pan?"}}]}}]}]}'
  # The key is passed in the environment: arguments are visible to every user of the machine.
  signature="$(printf '%s' "$body" | META_APP_SECRET="$META_APP_SECRET" node -e '
    const hmac = require("crypto").createHmac("sha256", process.env.META_APP_SECRET);
    process.stdin.on("data", (chunk) => hmac.update(chunk)).on("end", () => console.log(hmac.digest("hex")));')"
  ask --header 'Content-Type: application/json' --header "X-Hub-Signature-256: sha256=$signature" \
    --data-binary "$body" "$ORIGIN/webhooks/meta/whatsapp"
}

case "${1:-all}" in
  all) login; start; status; handshake; webhook; disconnect; status ;;
  start | status | disconnect) login; "$1" ;;
  login | handshake | webhook) "$1" ;;
  *) sed -n '2,7p' "$0"; exit 2 ;;
esac

"""People's texts: kept, obeyed where Twilio obeys them, handed to the application."""

import logging
from typing import Any

from deploy.local.twilio.keywords import answer_to
from deploy.local.twilio.ledger import Ledger, Message
from deploy.local.twilio.outbound import Outbound
from deploy.local.twilio.refusals import find_refusal
from deploy.local.twilio.sids import messages_path, new_sid, webhook_parameters
from deploy.local.twilio.twiml import Reply, read_replies
from deploy.local.twilio.webhooks import Answer, Webhooks
from shared.text.segments import count_segments

log = logging.getLogger(__name__)
PLACES = {f"{end}{place}": "" for end in ("From", "To") for place in ("City", "State", "Zip", "Country")}


class Inbound:
    """Takes texts from people and delivers them to the webhook of the number they wrote to."""

    def __init__(self, account_sid: str, ledger: Ledger, outbound: Outbound, webhooks: Webhooks) -> None:
        self._account_sid = account_sid
        self._ledger = ledger
        self._outbound = outbound
        self._webhooks = webhooks

    def receive(self, *, to: str, from_: str, body: str, media: list[tuple[str, bytes]]) -> Message:
        """Keep a text (media: content type and content), and answer it if it is one of Twilio's own words."""
        items = [{"sid": new_sid("ME"), "content_type": content_type} for content_type, _ in media]
        for item, (_, content) in zip(items, media, strict=True):
            self._ledger.keep_media(item["sid"], content)
        fields: dict[str, Any] = {
            "sid": new_sid("MM" if media else "SM"),
            "to": to,
            "from": from_,
            "body": body,
            "direction": "inbound",
            "num_segments": str(1 if media else count_segments(body)),
            "num_media": str(len(media)),
        }
        was_opted_out = self._ledger.is_opted_out(from_, to)
        message = self._ledger.accept(fields | ({"media": items} if items else {}), plan={}, status="received")
        if answer := answer_to(body, was_opted_out):
            self._outbound.send(to=from_, from_=to, body=answer, direction="outbound-reply", origin="twilio")
        return message

    async def deliver(self, message: Message, own_url: str) -> Answer:
        """Call the webhook once, and send what it answers. `own_url` is where the application finds the media."""
        url = self._ledger.numbers.get(message.to)
        if not url:
            reason = f"no webhook is known for {message.to}: PUT /standin/numbers/{message.to} with its sms_url"
            return Answer(None, 0.0, error=reason)
        answer = await self._webhooks.post(url, self._parameters(message, own_url))
        if answer.status is not None and answer.status < 300:
            self._send_replies(message, answer)
        return answer

    def _parameters(self, message: Message, own_url: str) -> dict[str, str]:
        fields = message.fields()
        parameters = PLACES | webhook_parameters(self._account_sid, message)
        parameters |= {"FromCountry": "US", "ToCountry": "US", "SmsMessageSid": message.sid, "SmsStatus": "received"}
        parameters |= {"Body": fields["body"], "NumMedia": fields["num_media"], "NumSegments": fields["num_segments"]}
        media_url = f"{own_url.rstrip('/')}{messages_path(self._account_sid)}/{message.sid}/Media"
        for index, item in enumerate(fields.get("media", [])):
            parameters[f"MediaUrl{index}"] = f"{media_url}/{item['sid']}"
            parameters[f"MediaContentType{index}"] = item["content_type"]
        return parameters

    def _send_replies(self, text: Message, answer: Answer) -> None:
        try:
            for reply in read_replies(answer.content_type, answer.text):
                self._send_reply(text, reply)
        except ValueError as error:
            log.warning("%s", error)

    def _send_reply(self, text: Message, reply: Reply) -> None:
        to = reply.to or text.from_
        form = {"To": to, "From": text.to, "Body": reply.body}
        refusal = find_refusal(form, reply.media_urls, self._ledger.numbers, self._ledger.is_opted_out)
        if refusal:
            log.warning("A reply by TwiML was refused: %s %s", refusal.code, refusal.message)
            return
        self._outbound.send(
            to=to,
            from_=text.to,
            body=reply.body,
            media_urls=reply.media_urls,
            status_callback=reply.status_callback,
            direction="outbound-reply",
        )

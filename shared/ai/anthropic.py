"""Asks Anthropic's Messages API. The SDK takes 64 MB: this file is imported only where a key is configured."""

import asyncio

import anthropic
import httpx2
from anthropic.lib.streaming import AsyncMessageStream
from anthropic.types import Message, OutputConfigParam, Usage

from shared.ai.provider import Completion, ProviderFault, Question, Tokens

_REASONS = {
    "overloaded_error": "overloaded",
    "rate_limit_error": "rate_limited",
    "timeout_error": "timeout",
    "api_error": "unavailable",
    "authentication_error": "not_authorised",
    "permission_error": "not_authorised",
    "billing_error": "not_authorised",
}
_STATUSES = {401: "not_authorised", 403: "not_authorised", 429: "rate_limited", 529: "overloaded"}


class AnthropicProvider:
    name = "anthropic"

    def __init__(self, api_key: str, base_url: str = "") -> None:
        # No retry: the offline answer now is worth more than a model's in half a minute.
        self._client = anthropic.AsyncAnthropic(
            api_key=api_key,
            base_url=base_url or "https://api.anthropic.com",
            max_retries=0,
            open_telemetry=False,
        )

    async def complete(self, question: Question) -> Completion:
        stream: AsyncMessageStream[None] | None = None
        try:
            async with asyncio.timeout(question.timeout), self._ask(question) as stream:
                return _completion(await stream.get_final_message())
        except ProviderFault:
            raise
        except Exception as error:  # whatever else a broken answer makes the SDK raise, too
            raise ProviderFault(_reason(error), _tokens_of(stream)) from error

    def _ask(self, question: Question) -> anthropic.AsyncMessageStreamManager[None]:
        config: OutputConfigParam = {
            "format": {"type": "json_schema", "schema": anthropic.transform_schema(question.answer)}
        }
        if question.effort:
            config["effort"] = question.effort  # type: ignore[typeddict-item]
        return self._client.messages.stream(
            model=question.model,
            max_tokens=question.max_tokens,
            system=[{"type": "text", "text": question.system, "cache_control": {"type": "ephemeral"}}],
            messages=[{"role": "user", "content": question.user}],
            output_config=config,
            timeout=question.timeout,
        )

    async def close(self) -> None:
        await self._client.close()


def _completion(message: Message) -> Completion:
    tokens = _tokens(message.usage)
    match message.stop_reason:
        case "end_turn" | "stop_sequence":
            return Completion("".join(block.text for block in message.content if block.type == "text"), tokens)
        case None:
            raise ProviderFault("connection", tokens)
        case "refusal":
            raise ProviderFault("refused", tokens)
        case _:
            raise ProviderFault("truncated", tokens)


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError | anthropic.APITimeoutError):
        return "timeout"
    if isinstance(error, anthropic.APIStatusError):
        by_status = "unavailable" if error.status_code >= 500 else "rejected"
        return _REASONS.get(error.type or "", _STATUSES.get(error.status_code, by_status))
    if isinstance(error, anthropic.APIConnectionError | httpx2.TransportError):
        return "connection"
    return "garbled"


def _tokens_of(stream: AsyncMessageStream[None] | None) -> Tokens:
    """What was paid before the stream broke."""
    try:
        return _tokens(stream.current_message_snapshot.usage) if stream else Tokens()
    except (AssertionError, AttributeError):  # nothing had arrived, or nothing usable
        return Tokens()


def _tokens(usage: Usage) -> Tokens:
    return Tokens(
        input=usage.input_tokens,
        output=usage.output_tokens,
        cache_read=usage.cache_read_input_tokens or 0,
        cache_write=usage.cache_creation_input_tokens or 0,
    )

import { hash, pick } from './random';
import { NAMES } from './vocabulary';

/** The `via` object of a ticket as JSON: the recorded channels and their free-form `source` (§ via). */
export function viaJson(seed: number, id: number): string {
  const h = hash(seed, id, 30);
  const name = pick(NAMES, h >>> 4);
  switch (h % 8) {
    case 0:
    case 1:
      return '{"channel":"web","source":{"from":{},"to":{},"rel":null}}';
    case 2:
    case 3:
      return (
        `{"channel":"email","source":{"from":{"address":"customer${h % 9973}@example.com","name":"${name}"},` +
        '"to":{"name":"Demo support","address":"support@demo.example","email_ccs":[]},"rel":null}}'
      );
    case 4:
      return '{"channel":"api","source":{"from":{},"to":{},"rel":null}}';
    case 5:
      return (
        `{"channel":"voice","source":{"from":{"formatted_phone":"+1 (555) 010-${1000 + (h % 9000)}",` +
        `"phone":"+1555010${1000 + (h % 9000)}","name":"Caller"},` +
        '"to":{"formatted_phone":"+1 (555) 010-0000","phone":"+15550100000","name":"Demo","brand_id":360000001},"rel":"voicemail"}}'
      );
    case 6:
      // The channel is "string or integer" in Zendesk's own reference.
      return `{"channel":${h % 5 === 0 ? '4' : '"native_messaging"'},"source":{"from":{},"to":{},"rel":null}}`;
    default:
      return (
        `{"channel":"web","source":{"from":{"ticket_id":${Math.max(1, id - 1)},"subject":"An earlier \\"ticket\\"",` +
        '"channel":"email"},"to":{},"rel":"follow_up"}}'
      );
  }
}

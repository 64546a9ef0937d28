import { defineSearchAttributeKey, type SearchAttributeUpdatePair } from '@temporalio/common';
import type { Status } from '../src/contract/status';
import { parseTime } from '../src/contract/time';

const subdomainKey = defineSearchAttributeKey('ZendeskSubdomain', 'KEYWORD');
const stateKey = defineSearchAttributeKey('ExportState', 'KEYWORD');
const watermarkKey = defineSearchAttributeKey('ExportWatermark', 'DATETIME');
const ticketsKey = defineSearchAttributeKey('TicketsExported', 'INT');

/** To be registered in the namespace (`temporal operator search-attribute create`). */
export const SEARCH_ATTRIBUTES = [subdomainKey, stateKey, watermarkKey, ticketsKey];

/** The row of an export in the workflow list. */
export function searchAttributesOf({
  subdomain,
  state,
  watermark,
  tickets,
}: Status): SearchAttributeUpdatePair[] {
  // An attribute that cannot be encoded would wedge the workflow.
  const seconds = parseTime(watermark);
  return [
    { key: subdomainKey, value: subdomain },
    { key: stateKey, value: state },
    { key: watermarkKey, value: seconds === undefined ? null : new Date(seconds * 1000) },
    { key: ticketsKey, value: tickets },
  ];
}

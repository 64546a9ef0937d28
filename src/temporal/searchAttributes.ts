import type { NativeConnection } from '@temporalio/worker';
import { SEARCH_ATTRIBUTES } from '../../workflows/searchAttributes';

/** Whether the namespace has all of our search attributes: setting an unknown one would wedge the workflow. */
export async function hasSearchAttributes(connection: NativeConnection, namespace: string): Promise<boolean> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  return SEARCH_ATTRIBUTES.every(({ name }) => name in customAttributes);
}

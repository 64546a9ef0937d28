/** A custom field of an account's records. */
export interface CustomField {
  readonly id: number;
  readonly title: string;
  /** Zendesk's name of the type, which may be one that is new to us. */
  readonly type: string;
  readonly active: boolean;
  /** What a tag among the values of a list is called. */
  readonly options: readonly { readonly value: string; readonly name: string }[];
}

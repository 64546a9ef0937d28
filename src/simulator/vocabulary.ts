/**
 * The words tickets are made of. Everything is kept JSON-escaped, so that a ticket's body is put together by
 * concatenation alone. Real help desks have emoji, other alphabets, quotes, newlines and markup in them: so has this one.
 */
function escape(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

export const SUBJECTS = [
  'Cannot log in after the password reset',
  'Invoice for last month is missing',
  'Refund for order',
  'App crashes on start 😱',
  'Kann meine Bestellung nicht finden – Rückfrage',
  'Problème de connexion à l’espace client',
  'パスワードをリセットできません',
  'Не приходит письмо с подтверждением',
  'Re: Re: FW: "URGENT" delivery address',
  'Feature request: dark mode 🌙',
  'Where is my parcel?',
  'لا أستطيع تسجيل الدخول',
  'Upgrade to the yearly plan',
  'Webhook returns 500 <script>alert(1)</script>',
  'Please delete my account',
  '',
].map(escape);

export const SENTENCES = [
  'Hello, I have been waiting for an answer since Monday. ',
  'When I press "Save" nothing happens and the page stays grey. ',
  'Steps to reproduce:\n1. open the settings\n2. choose a plan\n3. press C:\\temp\\next\n',
  'The order was paid by card, the amount was 1,249.90 €. ',
  'Danke für die schnelle Hilfe, es klappt jetzt wieder! 👍🏽 ',
  'I already tried another browser and a private window. ',
  'ご確認をお願いいたします。 ',
  'Could you please check the log of yesterday evening between 18:00 and 19:30? ',
  'We have about two hundred people who cannot work at the moment. ',
  'The tracking page says the parcel was delivered, but nobody rang the bell. ',
  'Please see the screenshot attached to this message.\r\n\r\n',
  'It would be great to have an export as CSV; we do this by hand every week. ',
  'Kind regards,\nMarta Novák\n-- \nSent from my phone',
  '&nbsp;<b>Important</b>: do not answer to this address.\t',
].map(escape);

export const TAGS = [
  'billing',
  'login',
  'vip',
  'refund',
  'bug',
  'shipping',
  'très_urgent',
  'churn_risk',
  'beta',
  'eu',
];

export const NAMES = [
  'Ana Souza',
  'Jörg Müller',
  'Chloë Martin',
  'Wei Zhang',
  "Sinéad O'Brien",
  'Олег Иванов',
];

export const COMPANIES = ['Nordwind GmbH', 'Café Zürich', 'Acme & Sons', '株式会社さくら', 'Blue "Sky" Ltd'];

export const COMMENTS = ['Great help, thank you 💛', 'Took too long', 'ok', ''].map(escape);

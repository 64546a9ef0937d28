export { exportTickets } from './exportTickets';

// There, because the workflow names the account of an input, too.
export { parseSubdomain } from '../../workflows/subdomain';

import axios from 'axios';

const PAGE_SIZE = 1000;

interface AuditAnswer {
  results: object[];
  _links: {next?: string};
}

/**
 * What anyone would write: one page after the other until there is no next one. The records are
 * parsed, as axios does, and thrown away.
 */
export async function readWithBareClient([url = '', email = '', token = '']: string[]) {
  const auth = {username: email, password: token};
  for (let start = 0, more = true; more;) {
    const params = {start, limit: PAGE_SIZE};
    const {data} = await axios.get<AuditAnswer>(url, {params, auth, proxy: false});
    start += data.results.length;
    more = data._links.next !== undefined;
  }
}

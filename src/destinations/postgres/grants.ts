/** $1: the name of a view, as SQL has it. Statements that give others the rights that they have on it. */
export const GRANTS = `
SELECT ARRAY(
  SELECT format('GRANT %s ON %s TO %s', privilege_type, $1::text, CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END)
    || CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
  FROM aclexplode(relacl) WHERE grantee <> relowner
) AS grants
FROM pg_class WHERE oid = to_regclass($1)`;

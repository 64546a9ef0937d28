{# Two things that dbt_zendesk wants of DuckDB, which is not among the databases that it names. #}

{# DuckDB has no timestampadd. What is added to may be a date. #}
{% macro duckdb__timestamp_add(datepart, interval, from_timestamp) %}
  cast({{ from_timestamp }} as timestamp) + cast({{ interval }} as integer) * interval '1 {{ datepart }}'
{% endmacro %}

{# A file has no partitions. Those that the package names are in the form of BigQuery, which dbt-duckdb 1.11 refuses. #}
{% macro duckdb__get_partitioned_by(relation, temporary) %}
  {{ return(none) }}
{% endmacro %}

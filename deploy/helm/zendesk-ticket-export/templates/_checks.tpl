{{- /* What no schema can say. Included first, so that an installation that could not run is refused by name. */ -}}
{{- define "export.checks" -}}
{{- $v := .Values -}}

{{- range $name := keys $v.config | sortAlpha -}}
{{- if regexMatch "(SECRET|TOKEN|PASSWORD|_KEYS?|KEY_DATA|HEADERS|NOTIFY_URL)$" $name -}}
{{- fail (printf "config.%s: a ConfigMap is no place for a secret. Put it into a Secret, and name that in existingSecrets." $name) -}}
{{- end -}}
{{- end -}}

{{- if and (not $v.config.TEMPORAL_ADDRESS) (not $v.config.TEMPORAL_PROFILE) (not $v.config.TEMPORAL_CONFIG_FILE) (not $v.workerController.enabled) -}}
{{- fail "config.TEMPORAL_ADDRESS: name the Temporal server, such as temporal-frontend.temporal:7233" -}}
{{- end -}}
{{- if and $v.accounts $v.config.ZENDESK_SUBDOMAIN -}}
{{- fail "accounts takes the place of config.ZENDESK_SUBDOMAIN: unset one or the other" -}}
{{- end -}}
{{- if and (not $v.accounts) (not $v.config.ZENDESK_SUBDOMAIN) -}}
{{- fail "config.ZENDESK_SUBDOMAIN: name the account to export, or describe many in accounts" -}}
{{- end -}}
{{- if and (not $v.accounts) (not $v.existingSecrets) (not $v.secret) -}}
{{- fail "existingSecrets: name the Secret with the account's credentials, such as ZENDESK_CLIENT_SECRET" -}}
{{- end -}}

{{- $urls := dict -}}
{{- range $name, $url := dig "destinations" dict $v.accounts -}}
{{- $_ := set $urls (printf "accounts.destinations.%s" $name) $url -}}
{{- end -}}
{{- range $place := list "config" "secret" -}}
{{- with index $v $place "EXPORT_DESTINATION" -}}
{{- if $v.accounts -}}
{{- fail (printf "%s.EXPORT_DESTINATION: accounts.destinations takes its place" $place) -}}
{{- end -}}
{{- $_ := set $urls (printf "%s.EXPORT_DESTINATION" $place) . -}}
{{- end -}}
{{- end -}}
{{- if and (not $urls) (not $v.existingSecrets) -}}
{{- fail "config.EXPORT_DESTINATION: name where the records go, such as s3://bucket/prefix" -}}
{{- end -}}

{{- $replicas := int $v.replicas -}}
{{- if include "export.autoscaled" . -}}
{{- $replicas = int $v.autoscaling.maxReplicas -}}
{{- end -}}
{{- range $place := keys $urls | sortAlpha -}}
{{- $url := get $urls $place -}}
{{- if and (not (hasPrefix "secret." $place)) (regexMatch "://[^/?#@]*:[^/?#@$]+@" $url) -}}
{{- fail (printf "%s: a ConfigMap is no place for a password. %s" $place (ternary "Put it into the URL by ${VARIABLE}, and the variable into a Secret." "Put EXPORT_DESTINATION into a Secret, and name that in existingSecrets." (hasPrefix "accounts." $place))) -}}
{{- end -}}
{{- if hasPrefix "duckdb:" (lower $url) -}}
{{- if gt $replicas 1 -}}
{{- fail (printf "%s: a DuckDB file belongs to one worker at a time, and there would be %d. Set replicas to 1 without autoscaling, or name PostgreSQL, S3 or a folder." $place $replicas) -}}
{{- end -}}
{{- if $v.workerController.enabled -}}
{{- fail (printf "%s: a DuckDB file belongs to one worker at a time, and the worker controller runs two versions side by side. Name PostgreSQL, S3 or a folder." $place) -}}
{{- end -}}
{{- end -}}
{{- if regexMatch "^(?i)(duckdb|file):" $url -}}
{{- if not $v.volume.enabled -}}
{{- fail (printf "%s: the worker may write to a volume alone. Set volume.enabled." $place) -}}
{{- end -}}
{{- $path := regexReplaceAll "^[A-Za-z]+:(//)?([^?]*).*$" $url "${2}" -}}
{{- if not (hasPrefix "/" $path) -}}
{{- $path = clean (printf "/app/%s" $path) -}}
{{- end -}}
{{- if not (hasPrefix (printf "%s/" $v.volume.mountPath) (printf "%s/" (clean $path))) -}}
{{- fail (printf "%s: %s is not on the volume, which is at %s. The worker may write nowhere else." $place $path $v.volume.mountPath) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- $shared := has "ReadWriteMany" $v.volume.accessModes -}}
{{- if and $v.volume.enabled (gt $replicas 1) (not $v.volume.existingClaim) (not $shared) -}}
{{- fail (printf "volume.accessModes: %d workers on several nodes need ReadWriteMany" $replicas) -}}
{{- end -}}
{{- if and $v.autoscaling.hpa.enabled $v.autoscaling.keda.enabled -}}
{{- fail "autoscaling: hpa and keda cannot both be enabled" -}}
{{- end -}}
{{- if and (include "export.autoscaled" .) (gt (int $v.autoscaling.minReplicas) (int $v.autoscaling.maxReplicas)) -}}
{{- fail "autoscaling: minReplicas is more than maxReplicas" -}}
{{- end -}}
{{- if $v.workerController.enabled -}}
{{- if not $v.workerController.connection -}}
{{- fail "workerController.connection: name the Connection to the Temporal server" -}}
{{- end -}}
{{- if include "export.autoscaled" . -}}
{{- fail "autoscaling: the worker controller scales each version by a WorkerResourceTemplate" -}}
{{- end -}}
{{- end -}}
{{- end }}

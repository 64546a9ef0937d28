{{- define "export.pod" -}}
metadata:
  labels:
    {{- include "export.selector" . | nindent 4 }}
    {{- with .Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    # Variables are read at the start alone. `accounts` is read again while the worker runs.
    checksum/environment: {{ printf "%s%s" (toJson .Values.config) (toJson .Values.secret) | sha256sum }}
    {{- with .Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "export.name" . }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    {{- toYaml .Values.podSecurityContext | nindent 4 }}
  terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
  containers:
    - name: worker
      image: {{ printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) | quote }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities: { drop: [ALL] }
      env:
        - name: EXPORT_HEALTH_ADDRESS
          value: 0.0.0.0:8089
        - name: EXPORT_METRICS_ADDRESS
          value: 0.0.0.0:9464
        {{- if .Values.accounts }}
        - name: EXPORT_CONFIG
          value: /etc/zendesk-ticket-export/accounts.json
        {{- end }}
      envFrom:
        - configMapRef:
            name: {{ include "export.name" . }}
        {{- if .Values.secret }}
        - secretRef:
            name: {{ include "export.name" . }}
        {{- end }}
        {{- range .Values.existingSecrets }}
        - secretRef:
            name: {{ . }}
        {{- end }}
      ports:
        - name: health
          containerPort: 8089
        - name: metrics
          containerPort: 9464
      startupProbe:
        httpGet: { path: /healthz, port: health }
        {{- toYaml .Values.probes.startup | nindent 8 }}
      livenessProbe:
        httpGet: { path: /healthz, port: health }
        {{- toYaml .Values.probes.liveness | nindent 8 }}
      readinessProbe:
        httpGet: { path: /healthz, port: health }
        {{- toYaml .Values.probes.readiness | nindent 8 }}
      resources:
        {{- toYaml .Values.resources | nindent 8 }}
      volumeMounts:
        - name: tmp
          mountPath: /tmp
        {{- if .Values.volume.enabled }}
        - name: export
          mountPath: {{ .Values.volume.mountPath }}
        {{- end }}
        {{- if .Values.accounts }}
        - name: accounts
          mountPath: /etc/zendesk-ticket-export
          readOnly: true
        {{- end }}
        {{- range $index, $file := .Values.files }}
        - name: files-{{ $index }}
          mountPath: {{ $file.mountPath }}
          readOnly: true
        {{- end }}
  volumes:
    # Where a page of Parquet is made.
    - name: tmp
      emptyDir: { sizeLimit: 1Gi }
    {{- if .Values.volume.enabled }}
    - name: export
      persistentVolumeClaim:
        claimName: {{ .Values.volume.existingClaim | default (include "export.name" .) }}
    {{- end }}
    {{- if .Values.accounts }}
    - name: accounts
      configMap:
        name: {{ include "export.name" . }}-accounts
    {{- end }}
    {{- range $index, $file := .Values.files }}
    - name: files-{{ $index }}
      secret:
        secretName: {{ $file.secret }}
        defaultMode: 0440
    {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.topologySpreadConstraints }}
  topologySpreadConstraints:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
{{- end }}

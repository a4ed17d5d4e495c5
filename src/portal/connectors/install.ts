/** One way to start a connector: what is pasted into a shell on its machine. */
export interface Installation {
  readonly id: 'terminal' | 'systemd'
  readonly label: string
  readonly explanation: string
  readonly commands: string
}

const folder = '/opt/sallyport'

/** The ways to start a connector with this token, which is shown once and only good for one of them. */
export function installations(token: string): readonly Installation[] {
  return [
    {
      id: 'terminal',
      label: 'In a terminal',
      explanation:
        'In the folder of Sallyport, after npm ci. Its key is kept in ./connector-data, so that it needs no token the next time.',
      commands: `npm run sallyport -- connector --data ./connector-data --token ${token}`,
    },
    {
      id: 'systemd',
      label: 'As a service (systemd)',
      explanation: `With Sallyport in ${folder}, after npm ci there. It starts with the machine, and again when it ends; its key is kept in /var/lib/sallyport-connector.`,
      commands: systemd(token),
    },
  ]
}

// A token that was used is worth nothing, so that it may stay in the file.
function systemd(token: string): string {
  return `sudo tee /etc/systemd/system/sallyport-connector.service >/dev/null <<'UNIT'
[Unit]
Description=Sallyport connector
Wants=network-online.target
After=network-online.target

[Service]
WorkingDirectory=${folder}
ExecStart=${folder}/node_modules/.bin/node src/main.ts connector --data /var/lib/sallyport-connector --token ${token}
DynamicUser=yes
StateDirectory=sallyport-connector
Restart=always
RestartSec=5
TimeoutStopSec=60

[Install]
WantedBy=multi-user.target
UNIT
sudo systemctl enable --now sallyport-connector`
}

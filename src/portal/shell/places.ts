import type { FluentIcon } from '@fluentui/react-icons'
import { AppsRegular } from '@fluentui/react-icons/svg/apps'
import { ArrowSwapRegular } from '@fluentui/react-icons/svg/arrow-swap'
import { CertificateRegular } from '@fluentui/react-icons/svg/certificate'
import { ClipboardTextLtrRegular } from '@fluentui/react-icons/svg/clipboard-text-ltr'
import { FlowRegular } from '@fluentui/react-icons/svg/flow'
import { HistoryRegular } from '@fluentui/react-icons/svg/history'
import { HomeRegular } from '@fluentui/react-icons/svg/home'
import { PeopleTeamRegular } from '@fluentui/react-icons/svg/people-team'
import { PersonRegular } from '@fluentui/react-icons/svg/person'
import { PersonKeyRegular } from '@fluentui/react-icons/svg/person-key'
import { PlugConnectedRegular } from '@fluentui/react-icons/svg/plug-connected'
import { PulseRegular } from '@fluentui/react-icons/svg/pulse'
import { SettingsRegular } from '@fluentui/react-icons/svg/settings'
import { ShieldTaskRegular } from '@fluentui/react-icons/svg/shield-task'
import { StethoscopeRegular } from '@fluentui/react-icons/svg/stethoscope'

/** One place that the navigation on the left and the palette lead to. */
export interface Place {
  readonly path: string
  readonly label: string
  readonly icon: FluentIcon
  /** Other words by which somebody may look for it. */
  readonly words: string
}

/** A group of places under one heading; the first has none. */
export interface PlaceGroup {
  readonly label: string
  readonly places: readonly Place[]
}

/** Everything there is, in the order of an administrator's day. */
export const placeGroups: readonly PlaceGroup[] = [
  {
    label: '',
    places: [
      { path: '/', label: 'Home', icon: HomeRegular, words: 'start overview dashboard attention' },
    ],
  },
  {
    label: 'Publish',
    places: [
      {
        path: '/applications',
        label: 'Applications',
        icon: AppsRegular,
        words: 'enterprise application proxy publish segment url',
      },
      {
        path: '/cross-origin',
        label: 'Cross-origin calls',
        icon: ArrowSwapRegular,
        words: 'cors matrix rules origins who may call whom refused',
      },
      {
        path: '/topology',
        label: 'Topology',
        icon: FlowRegular,
        words: 'picture map overview broken network ways diagram',
      },
      {
        path: '/connectors',
        label: 'Connectors',
        icon: PlugConnectedRegular,
        words: 'connector group agent tunnel enrol token drain health',
      },
    ],
  },
  {
    label: 'Access',
    places: [
      {
        path: '/people',
        label: 'People',
        icon: PersonRegular,
        words: 'user account password invite pass passkey role administrator disable',
      },
      {
        path: '/groups',
        label: 'Groups',
        icon: PeopleTeamRegular,
        words: 'group member nested team',
      },
      {
        path: '/policies',
        label: 'Conditional access',
        icon: ShieldTaskRegular,
        words: 'policy mfa location country block what if token lifetime',
      },
    ],
  },
  {
    label: 'Look into',
    places: [
      {
        path: '/requests',
        label: 'Live requests',
        icon: PulseRegular,
        words: 'tail trail log traffic inspector stream why id',
      },
      {
        path: '/doctor',
        label: 'Doctor',
        icon: StethoscopeRegular,
        words: 'cors explain examine diagnose error blocked help why har console see as person',
      },
      {
        path: '/sign-ins',
        label: 'Sign-ins',
        icon: PersonKeyRegular,
        words: 'log sign-in login failure why audit',
      },
      {
        path: '/revisions',
        label: 'History',
        icon: HistoryRegular,
        words: 'revision change undo roll back diff',
      },
      {
        path: '/audit',
        label: 'Audit log',
        icon: ClipboardTextLtrRegular,
        words: 'log change author reason',
      },
    ],
  },
  {
    label: 'System',
    places: [
      {
        path: '/certificates',
        label: 'Certificates',
        icon: CertificateRegular,
        words: 'tls https pem pfx acme expiry',
      },
      {
        path: '/settings',
        label: 'Settings',
        icon: SettingsRegular,
        words: 'identity provider oidc configuration export import yaml version edge',
      },
    ],
  },
]

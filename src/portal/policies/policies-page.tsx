import { AddRegular } from '@fluentui/react-icons/svg/add'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { LinkButton } from '../parts/link-button.tsx'
import { Page } from '../parts/page.tsx'
import { partOf, UrlTabs } from '../parts/url-tabs.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { PoliciesTab } from './policies-tab.tsx'
import type { PolicyTab } from './search.ts'

const route = getRouteApi('/policies')

const tabs = [
  ['policies', 'Policies'],
  ['locations', 'Named locations'],
  ['lifetimes', 'Token lifetimes'],
  ['what-if', 'What if'],
] as const

const contents = {
  policies: PoliciesTab,
  locations: lazy(async () => ({ default: (await import('./locations-tab.tsx')).LocationsTab })),
  lifetimes: lazy(async () => ({ default: (await import('./lifetimes-tab.tsx')).LifetimesTab })),
  'what-if': lazy(async () => ({ default: (await import('./what-if-tab.tsx')).WhatIfTab })),
} as const satisfies Readonly<Record<PolicyTab, unknown>>

/** Under which conditions people enter, and for how long. */
export function PoliciesPage() {
  const { tab = 'policies' } = route.useSearch()
  const navigate = useNavigate({ from: '/policies' })
  const Content = contents[tab]
  return (
    <Page
      title="Conditional access"
      part={partOf(tabs, tab)}
      lead="An assignment says who may enter; a policy says under which conditions. They are decided at each sign-in, and again with every request."
      commands={
        <LinkButton to="/policies/new" appearance="primary" icon={<AddRegular />}>
          New policy
        </LinkButton>
      }
    >
      <UrlTabs tabs={tabs} chosen={tab} onChoose={(each) => navigate({ search: { tab: each } })}>
        <Suspense fallback={<Waiting what="policies" />}>
          <Content />
        </Suspense>
      </UrlTabs>
    </Page>
  )
}

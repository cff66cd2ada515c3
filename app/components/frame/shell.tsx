/** The frame around every page: brand, workspace, where one can go, and the region where messages appear. */
import { Link, NavLink, useLocation } from "@remix-run/react";
import { type ReactNode, useState } from "react";
import type { NoticeCode } from "../../texts/shapes.ts";
import { buttonLook } from "../forms/buttons.tsx";
import { DocumentForm, SubmitButton } from "../forms/forms.tsx";
import { JumpLink } from "../forms/jump-link.tsx";
import { BrandMark } from "./brand.tsx";
import { IncidentBanner, type IncidentGroup } from "./incident-banner.tsx";
import { Notice } from "./page.tsx";
import { useTexts } from "./page-context.tsx";
import { PreferencesForm } from "./preferences-form.tsx";

export interface ShellViewer {
  email: string;
  tenantName: string;
  /** Of the platform. Absent for everybody else, who is told nothing of it. */
  isStaff?: boolean;
}

interface ShellProps {
  viewer: ShellViewer | null;
  notice: NoticeCode | undefined;
  incidents: IncidentGroup[];
  children: ReactNode;
}

export function Shell({ viewer, notice, incidents, children }: ShellProps) {
  const texts = useTexts();
  return (
    <>
      <JumpLink
        to="content"
        className="absolute -top-20 left-4 z-10 rounded-sm bg-ink px-4 py-2 font-semibold text-on-ink focus:top-3"
      >
        {texts.skipToContent}
      </JumpLink>
      {viewer ? (
        <div className="md:grid md:min-h-screen md:grid-cols-[15rem_1fr]">
          <Sidebar viewer={viewer} />
          <main id="content" tabIndex={-1} className="min-w-0 px-4 py-6 sm:px-8 md:py-9">
            <div className="mx-auto max-w-[52rem] has-data-wide:max-w-[76rem] md:mx-0">
              <IncidentBanner incidents={incidents} />
              <NoticeRegion notice={notice} />
              {children}
              <footer className="mt-10 border-t border-line pt-4">
                <PreferencesForm />
              </footer>
            </div>
          </main>
        </div>
      ) : (
        <Doorway>{children}</Doorway>
      )}
    </>
  );
}

/** There from the first moment, so that what appears in it is read out. */
function NoticeRegion({ notice }: { notice: NoticeCode | undefined }) {
  const texts = useTexts();
  const told = useToldOnce(notice);
  return (
    <div role="status" className={told ? "mb-6" : ""}>
      {told ? <Notice look="good" title={texts.notices[told]} /> : null}
    </div>
  );
}

/** The server tells it once; it stays until the person goes on, however often the page is loaded anew meanwhile. */
function useToldOnce(notice: NoticeCode | undefined): NoticeCode | undefined {
  const { key } = useLocation();
  const [told, setTold] = useState({ key, notice });
  if (told.key === key && (!notice || notice === told.notice)) return told.notice;
  setTold({ key, notice });
  return notice;
}

/** For whoever is not signed in: one narrow column under the brand. */
function Doorway({ children }: { children: ReactNode }) {
  const texts = useTexts();
  return (
    <main id="content" tabIndex={-1} className="mx-auto grid max-w-[27rem] gap-5 px-4 py-8 sm:py-20">
      <p className="flex items-center gap-2.5 text-lg font-bold tracking-tight">
        <BrandMark className="size-8" />
        {texts.product}
      </p>
      <div className="overflow-hidden rounded-md border border-line bg-panel">
        <div aria-hidden="true" className="kerb" />
        <div className="grid gap-5 px-5 py-6 sm:px-7">{children}</div>
      </div>
      <footer>
        <PreferencesForm />
      </footer>
    </main>
  );
}

/** A column beside the page where there is room for one, else two lines above it. */
function Sidebar({ viewer }: { viewer: ShellViewer }) {
  const texts = useTexts();
  return (
    <header className="border-b border-line bg-panel md:sticky md:top-0 md:h-screen md:overflow-y-auto md:border-r md:border-b-0">
      <div aria-hidden="true" className="kerb" />
      <div className="flex flex-wrap items-center justify-between gap-x-3 px-4 pt-2 md:h-[calc(100%-0.3125rem)] md:flex-col md:flex-nowrap md:items-stretch md:justify-start md:px-3 md:pt-5">
        <div className="flex min-w-[min(100%,9rem)] flex-1 items-center gap-2.5 md:grid md:flex-none md:gap-5 md:px-2">
          <Link
            to="/settings/integrations"
            className="flex items-center gap-2 text-base font-bold tracking-tight whitespace-nowrap"
          >
            <BrandMark className="size-6" />
            {/* On a phone the workspace's name needs the room. */}
            <span className="sr-only sm:not-sr-only">{texts.product}</span>
          </Link>
          <p className="min-w-0 border-l border-line-strong pl-2.5 md:border-0 md:pl-0">
            <span className="sr-only text-xs text-ink-soft md:not-sr-only md:block">
              {texts.nav.workspace}
            </span>
            <span className="block font-semibold">{viewer.tenantName}</span>
          </p>
        </div>
        <nav
          aria-label={texts.nav.label}
          className="order-last -mx-2 basis-full md:order-none md:mx-0 md:my-5 md:basis-auto"
        >
          <ul className="flex flex-wrap gap-1 md:flex-col">
            <NavItem to="/conversations">{texts.nav.conversations}</NavItem>
            <NavItem to="/settings/integrations">{texts.nav.integrations}</NavItem>
            {viewer.isStaff ? <NavItem to="/operations">{texts.nav.operations}</NavItem> : null}
          </ul>
        </nav>
        <Account email={viewer.email} />
      </div>
    </header>
  );
}

function Account({ email }: { email: string }) {
  const texts = useTexts();
  return (
    <div className="flex flex-wrap gap-x-4 md:mt-auto md:grid md:gap-1 md:border-t md:border-line md:px-2 md:pt-4 md:pb-3">
      <p className="hidden text-xs text-ink-soft md:block">
        {texts.nav.signedInAs} <span className="block text-ink">{email}</span>
      </p>
      <Link to="/account" className={buttonLook.bare}>
        {texts.nav.account}
      </Link>
      <DocumentForm action="/logout">
        <SubmitButton look="bare" pending={texts.nav.signingOut}>
          {texts.nav.signOut}
        </SubmitButton>
      </DocumentForm>
    </div>
  );
}

function NavItem({ to, children }: { to: string; children: ReactNode }) {
  return (
    <li>
      <NavLink
        to={to}
        className="flex min-h-10 items-center rounded-sm border-b-3 border-transparent forced-colors:border-[Canvas] forced-colors:aria-[current=page]:border-[Highlight] px-2.5 font-medium hover:bg-sunken aria-[current=page]:border-mark aria-[current=page]:font-semibold md:border-b-0 md:border-l-3 md:px-3 md:aria-[current=page]:bg-sunken"
      >
        {children}
      </NavLink>
    </li>
  );
}
